import type { Event } from "../../services/contracts/event.ts";

/** The command a fact follows from; a Moleculer context is one. */
export interface Cause {
	/** The correlation id: the same for everything one request led to. */
	readonly requestID?: string | null;
	/** The causation id: the one command or message behind the fact. */
	readonly id: string;
}

export interface OutboxMethods {
	/** Tells the relay that facts were committed, so that it need not wait for its next poll. */
	wakeRelay(): void;
}

/**
 * Tables of the outbox. `published_at is null` is what the relay scans: identity values commit
 * out of order, so `id > last` would skip rows (https://event-driven.io/en/ordering_in_postgres_outbox/).
 */
export const OUTBOX_TABLES = `
	create table outbox (
		id bigint generated always as identity primary key,
		message_id uuid not null unique,
		name text not null,
		schema_version smallint not null,
		aggregate_type text not null,
		aggregate_id text not null,
		sequence integer not null,
		correlation_id text,
		causation_id text,
		body json not null,
		occurred_at timestamptz not null default now(),
		published_at timestamptz,
		attempts integer not null default 0,
		last_error text,
		unique (aggregate_type, aggregate_id, sequence)
	);
	create index outbox_pending on outbox (id) where published_at is null;
	create index outbox_published on outbox (published_at) where published_at is not null;

	create table leases (
		name text primary key,
		owner text not null,
		fence bigint not null,
		expires_at timestamptz not null
	);
`;

/**
 * The outbox part of a repository's statement: inserts the facts of `outboxRows` for the aggregate
 * that the CTE `saved` wrote. `saved` gives `announced`, the number of facts published of the
 * aggregate so far, these included, so that their sequence has no gaps.
 *
 * @param parameter the statement's parameter that holds the rows, e.g. `$4`
 */
export const announce = (parameter: string): string => `
	insert into outbox (message_id, name, schema_version, aggregate_type, aggregate_id, sequence, correlation_id, causation_id, body)
	select fact.message_id, fact.name, fact.schema_version, fact.aggregate_type, fact.aggregate_id,
		saved.announced - fact.later, fact.correlation_id, fact.causation_id, fact.body
	from saved cross join lateral json_to_recordset(${parameter}::json) as fact (
		message_id uuid, name text, schema_version smallint, aggregate_type text, aggregate_id text,
		later integer, correlation_id text, causation_id text, body json)`;

/** The facts of one change as the JSON that `announce` reads; `later` counts the facts that follow in the same change. */
export function outboxRows(events: readonly Event[], cause: Cause, newId: () => string): string {
	return JSON.stringify(
		events.map(({ name, version, aggregate, data }, index) => ({
			message_id: newId(),
			name,
			schema_version: version,
			aggregate_type: aggregate.type,
			aggregate_id: aggregate.id,
			later: events.length - 1 - index,
			correlation_id: cause.requestID ?? null,
			causation_id: cause.id,
			body: data,
		})),
	);
}
