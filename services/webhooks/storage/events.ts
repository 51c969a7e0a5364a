import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { purging } from "../../../mixins/sql/purge.ts";
import { EVERY_EVENT } from "../../contracts/webhooks.ts";

/** An event as third parties get it. */
export interface StoredEvent {
	readonly id: string;
	readonly type: string;
	readonly aggregateId: string;
	/** The body, to the byte: what is signed, and the same at every attempt. */
	readonly payload: string;
}

const LISTENERS = statement<{ id: string; events: string[] }>(
	"webhooks.listeners",
	"select id, events from endpoints where is_active and deleted_at is null",
);

/** Each event once, and a delivery for each endpoint that wants it. */
const QUEUE = statement(
	"webhooks.queue",
	`with stored as (
		insert into events (id, type, aggregate_id, payload)
		select id, type, "aggregateId", payload
		from json_to_recordset($1::json) as event (id uuid, type text, "aggregateId" text, payload text)
		on conflict (id) do nothing
	)
	insert into deliveries (id, endpoint_id, event_id)
	select id, "endpointId", "eventId"
	from json_to_recordset($2::json) as queued (id uuid, "endpointId" uuid, "eventId" uuid)
	on conflict (event_id, endpoint_id) do nothing`,
);

/** Only here does a body carry what identifies a person; a pseudonym is left in the others. */
const NEW_USER = "user.created";

const ERASE_EVENTS = statement(
	"webhooks.eraseEvents",
	`delete from events where type = '${NEW_USER}' and aggregate_id = $1`,
);

/** What was not handled, or could not be, holds the body as well. */
const ERASE_MESSAGES = statement(
	"webhooks.eraseMessages",
	`update inbox set message = null, processed_at = now(), dead_at = null
	where consumer = 'webhooks.fanOut' and message ->> 'name' = '${NEW_USER}' and processed_at is null and message ->> 'aggregateId' = $1`,
);

/** With their deliveries and attempts. */
export const PURGE_EVENTS = purging("webhooks.purgeEvents", "events", "where received_at < now() - interval '30 days'");

export const PURGE_REMOVED_DELIVERIES = purging(
	"webhooks.purgeRemovedDeliveries",
	"deliveries",
	"where endpoint_id in (select id from endpoints where deleted_at is not null)",
);

export const PURGE_REMOVED = purging(
	"webhooks.purgeRemoved",
	"endpoints",
	"where deleted_at is not null and not exists (select from deliveries where endpoint_id = endpoints.id)",
);

/** An endpoint that gets events now. */
export interface Listener {
	readonly id: string;
	readonly hears: (type: string) => boolean;
}

export async function listeners(tx: Queryable): Promise<Listener[]> {
	return (await tx.query(LISTENERS)).map(({ id, events }) => {
		const types = new Set(events);
		return { id, hears: (type) => types.has(EVERY_EVENT) || types.has(type) };
	});
}

export interface NewDelivery {
	readonly id: string;
	readonly endpointId: string;
	readonly eventId: string;
}

/** Stores events with what is to be delivered of them; what is there already is left alone. */
export async function queueEvents(
	tx: Queryable,
	events: readonly StoredEvent[],
	deliveries: readonly NewDelivery[],
): Promise<void> {
	await tx.query(QUEUE, [JSON.stringify(events), JSON.stringify(deliveries)]);
}

/** Removes the bodies with the user's address, delivered or not. */
export async function eraseUserFrom(db: Queryable, userId: string): Promise<void> {
	await db.query(ERASE_EVENTS, [userId]);
	await db.query(ERASE_MESSAGES, [userId]);
}
