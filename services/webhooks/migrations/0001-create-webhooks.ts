import { INBOX_TABLES } from "../../../mixins/events/inbox.ts";
import { OUTBOX_TABLES } from "../../../mixins/events/outbox.ts";

/**
 * A delivery is one event on its way to one endpoint. `attempts` counts all that were made and is the fence of whoever
 * makes one; `tries` begins anew when it is sent again by hand.
 */
export default `
	create table endpoints (
		id uuid primary key,
		url text not null,
		events text[] not null,
		description text,
		is_active boolean not null,
		disabled_reason text check (disabled_reason in ('gone', 'failing', 'switched_off')),
		failing_since timestamptz,
		secret bytea not null,
		previous_secret bytea,
		previous_secret_until timestamptz,
		version integer not null default 1,
		created_at timestamptz not null,
		updated_at timestamptz not null,
		deleted_at timestamptz,
		check (is_active = (disabled_reason is null))
	);

	create table events (
		id uuid primary key,
		type text not null,
		aggregate_id text not null,
		payload text not null,
		received_at timestamptz not null default now()
	);
	create index events_age on events (received_at);
	create index events_of_new_users on events (aggregate_id) where type = 'user.created';

	create table deliveries (
		id uuid primary key,
		endpoint_id uuid not null references endpoints on delete cascade,
		event_id uuid not null references events on delete cascade,
		status text not null default 'pending' check (status in ('pending', 'delivered', 'failed')),
		attempts integer not null default 0,
		tries integer not null default 0,
		next_attempt_at timestamptz default now(),
		taken_until timestamptz,
		created_at timestamptz not null default now(),
		finished_at timestamptz,
		unique (event_id, endpoint_id),
		check ((status = 'pending') = (next_attempt_at is not null))
	);
	create index deliveries_due on deliveries (endpoint_id, next_attempt_at) where status = 'pending';
	create index deliveries_taken on deliveries (endpoint_id) where taken_until is not null;
	create index deliveries_of_endpoint on deliveries (endpoint_id, id desc);
	create index deliveries_by_status on deliveries (endpoint_id, status, id desc);

	create table attempts (
		delivery_id uuid not null references deliveries on delete cascade,
		number integer not null,
		at timestamptz not null,
		duration_ms integer not null,
		status_code integer,
		error text,
		response_excerpt text,
		primary key (delivery_id, number)
	);

	${OUTBOX_TABLES}
	${INBOX_TABLES}
`;
