import { OPERATIONS_TABLES } from "../../../mixins/operations.ts";
import { OUTBOX_TABLES } from "../../../mixins/events/outbox.ts";

/**
 * One order has at most one payment that is undecided, held or taken: the index refuses a second intent
 * before any provider hears of it. A declined or voided payment makes room for the next.
 */
export default `
	create table payments (
		id uuid primary key,
		order_id uuid not null,
		user_id uuid not null,
		amount numeric(14,3) not null check (amount >= 0),
		refunded_amount numeric(14,3) not null default 0,
		currency text not null,
		method text,
		status text not null check (status in
			('pending', 'authorized', 'captured', 'voided', 'failed', 'partially_refunded', 'refunded')),
		authorize_key text not null unique,
		capture_key text not null unique,
		void_key text not null unique,
		reference text,
		decline_reason text,
		version integer not null default 1,
		announced integer not null default 0,
		created_at timestamptz not null,
		updated_at timestamptz not null default now(),
		check (refunded_amount between 0 and amount)
	);
	create unique index payments_one_per_order on payments (order_id) where status not in ('voided', 'failed');
	create index payments_of_user on payments (user_id, id desc);

	create table refunds (
		id uuid primary key,
		payment_id uuid not null references payments,
		amount numeric(14,3) not null check (amount > 0),
		provider_key text not null unique,
		reason text not null,
		operation_key text,
		status text not null check (status in ('pending', 'done', 'refused')),
		attempt_after timestamptz not null default now() + interval '15 s',
		created_at timestamptz not null default now()
	);
	create index refunds_pending on refunds (payment_id) where status = 'pending';
	create index refunds_due on refunds (attempt_after) where status = 'pending';
	create index refunds_of_payment on refunds (payment_id);

	create table transfers (
		id bigint generated always as identity primary key,
		debit_account text not null,
		credit_account text not null check (credit_account <> debit_account),
		amount_cents bigint not null check (amount_cents > 0),
		currency text not null,
		payment_id uuid not null references payments,
		refund_id uuid unique references refunds,
		created_at timestamptz not null default now()
	);
	create unique index transfers_one_capture on transfers (payment_id) where refund_id is null;

	create function refuse_change() returns trigger language plpgsql as $$
	begin
		raise exception 'The ledger is append-only: correct a transfer by another one.';
	end $$;
	create trigger transfers_append_only before update or delete or truncate on transfers
		for each statement execute function refuse_change();

	${OUTBOX_TABLES}
	${OPERATIONS_TABLES}
`;
