import { UNHANDLED } from "../../../mixins/events/inbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Database, Queryable, Transaction } from "../../../mixins/sql/database.ts";
import { purging } from "../../../mixins/sql/purge.ts";
import type { Message } from "../../contracts/event.ts";
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

/** Waits for whoever looks at this moment: the events he stores are there to be removed afterwards. */
const NOTE_ERASED = statement(
	"webhooks.noteErased",
	"insert into erased_users (user_id) values ($1) on conflict do nothing",
);

/** Until the transaction ends nobody else is noted: who was not found stays not found. */
const HOLD_ERASURES = statement("webhooks.holdErasures", "lock table erased_users in share mode");

const ERASED = statement<{ id: string }>(
	"webhooks.erased",
	"select user_id as id from erased_users where user_id = any($1::uuid[])",
);

const ERASE_EVENTS = statement(
	"webhooks.eraseEvents",
	`delete from events where type = '${NEW_USER}' and aggregate_id = $1`,
);

/** What was not handled, or could not be, holds the body as well. */
const ERASE_MESSAGES = statement(
	"webhooks.eraseMessages",
	`update inbox set message = null, processed_at = now(), dead_at = null
	where ${UNHANDLED} and consumer = 'webhooks.fanOut'
		and message ->> 'name' = '${NEW_USER}' and message ->> 'aggregateId' = $1`,
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

/** Leaves out what would bring back somebody who was erased. */
export async function withoutErased<Fact extends Pick<Message, "name" | "aggregateId">>(
	tx: Transaction,
	facts: readonly Fact[],
): Promise<readonly Fact[]> {
	const named = facts.filter(({ name }) => name === NEW_USER).map(({ aggregateId }) => aggregateId);
	if (named.length === 0) return facts;

	await tx.query(HOLD_ERASURES);
	const erased = new Set((await tx.query(ERASED, [named])).map(({ id }) => id));
	return facts.filter(({ name, aggregateId }) => name !== NEW_USER || !erased.has(aggregateId));
}

/**
 * Removes the bodies with the user's address, delivered or not, and lets none in again.
 *
 * @param db not a transaction: one could wait for a consumer that waits for it
 */
export async function eraseUserFrom(db: Database, userId: string): Promise<void> {
	await db.query(NOTE_ERASED, [userId]);
	// First these: who handles one at this moment has stored its event when he lets go of the row.
	await db.query(ERASE_MESSAGES, [userId]);
	await db.query(ERASE_EVENTS, [userId]);
}
