/** What was written before this: into the table, out of events and facts. */
export const MOVE_REASONS = `
	create function pg_temp.is_own(reason text) returns boolean language sql as $$
		select reason in ('cancelled on request', 'not paid in time') or reason ~ '^[A-Z][A-Z0-9_]*$'
	$$;
	insert into order_reasons (order_id, version, type, text)
	select order_id, version, type, data ->> 'reason' from order_events
	where type in ('cancelled', 'moved') and not pg_temp.is_own(data ->> 'reason')
		and exists (select from orders where id = order_id);
	update order_events set data = case type when 'moved' then data - 'reason'
		else jsonb_set(data, '{reason}', '"cancelled on request"') end
	where type in ('cancelled', 'moved') and not pg_temp.is_own(data ->> 'reason');
	update outbox set body = (body::jsonb - 'reason')::json
	where aggregate_type = 'order' and not pg_temp.is_own(body ->> 'reason');
`;

/**
 * What people write as a reason may tell who they are, so it leaves the events, which are kept for ever, and what is
 * published. The system's own reasons stay where they are.
 */
export default `
	alter table orders add column returns jsonb not null default '[]';

	-- Beside the events, by the one it belongs to: it can be erased, and they stay.
	create table order_reasons (
		order_id uuid not null references orders,
		version integer not null,
		type text not null,
		return_id uuid,
		text text not null,
		primary key (order_id, version)
	);

	-- Which order a stored answer tells of, where no saga knows it: an answer shows addresses and reasons.
	create table order_answers (
		key text primary key references operations on delete cascade,
		order_id uuid not null
	);
	create index order_answers_of_order on order_answers (order_id);

	${MOVE_REASONS}
`;
