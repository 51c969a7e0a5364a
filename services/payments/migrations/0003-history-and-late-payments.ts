/**
 * The history of each payment, and payments that were taken although they had ended. Such a late one gives its money back,
 * so it does not stand in the way of the order's other payment.
 *
 * The history names rows that are written in its own statement, so it needs no foreign keys that check this again.
 * Ids of the history are UUIDv7, made here: their order is that of the commits, as well as a clock can tell.
 */
export default `
	alter table payments add column is_late boolean not null default false;
	drop index payments_one_per_order;
	create unique index payments_one_per_order on payments (order_id)
		where status not in ('voided', 'failed') and not is_late;

	create function uuid_v7(at timestamptz) returns uuid language sql volatile as $$
		select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7'
			|| substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid
	$$;

	create table transactions (
		id uuid primary key default uuid_v7(clock_timestamp()),
		payment_id uuid not null,
		type text not null,
		amount_cents bigint not null,
		currency text not null,
		reason text,
		refund_id uuid,
		created_at timestamptz not null default now()
	);
	create index transactions_of_payment on transactions (payment_id, id desc);

	insert into transactions (id, payment_id, type, amount_cents, currency, reason, refund_id, created_at)
	select uuid_v7(transfers.created_at), transfers.payment_id,
		case when transfers.refund_id is null then 'captured' else 'refunded' end,
		transfers.amount_cents, transfers.currency, refunds.reason, transfers.refund_id, transfers.created_at
	from transfers left join refunds on refunds.id = transfers.refund_id;
`;
