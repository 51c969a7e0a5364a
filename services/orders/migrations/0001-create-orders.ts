import { INBOX_TABLES } from "../../../mixins/events/inbox.ts";
import { OUTBOX_TABLES } from "../../../mixins/events/outbox.ts";
import { OPERATIONS_TABLES } from "../../../mixins/operations.ts";
import { SAGA_TABLES } from "../../../mixins/saga/saga-store.ts";

export default `
	create table orders (
		id uuid primary key,
		number text not null,
		user_id uuid not null,
		status text not null default 'pending',
		payment_status text not null default 'unpaid',
		total_amount numeric(14, 3) not null check (total_amount >= 0),
		refunded_amount numeric(14, 3) not null default 0,
		currency char(3) not null,
		payment_id uuid,
		is_being_paid boolean not null default false,
		version integer not null,
		announced integer not null default 0,
		created_at timestamptz not null,
		updated_at timestamptz not null
	);
	create index orders_of_user on orders (user_id, id desc);

	create table order_items (
		order_id uuid not null references orders,
		line integer not null,
		product_id uuid not null,
		name text not null,
		quantity integer not null check (quantity > 0),
		unit_price numeric(14, 3) not null,
		total_price numeric(14, 3) not null,
		primary key (order_id, line)
	);

	-- Apart from the events, which are kept for ever: an address can be erased. Not jsonb, which would
	-- reorder the fields: a replayed answer is the same to the byte.
	create table order_addresses (
		order_id uuid primary key references orders,
		shipping json not null,
		billing json not null
	);

	-- The truth, so it refers to nothing: orders and order_items are a projection of it.
	create table order_events (
		order_id uuid not null,
		version integer not null,
		type text not null,
		data jsonb not null,
		occurred_at timestamptz not null,
		primary key (order_id, version)
	);

	${OUTBOX_TABLES}
	${INBOX_TABLES}
	${OPERATIONS_TABLES}
	${SAGA_TABLES}
`;
