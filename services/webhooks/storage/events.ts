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

const MATCHING = statement<{ id: string }>(
	"webhooks.matching",
	`select id from endpoints where is_active and deleted_at is null and events && array[$1, '${EVERY_EVENT}']`,
);

/** The event once, and a delivery for each endpoint. */
const QUEUE = statement(
	"webhooks.queue",
	`with stored as (
		insert into events (id, type, aggregate_id, payload) values ($1, $2, $3, $4) on conflict (id) do nothing
	)
	insert into deliveries (id, endpoint_id, event_id)
	select queued.id, queued.endpoint_id, $1 from unnest($5::uuid[], $6::uuid[]) as queued (id, endpoint_id)
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
	where consumer = 'webhooks.${NEW_USER}' and processed_at is null and message ->> 'aggregateId' = $1`,
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

/** The active endpoints that want an event of this type. */
export async function endpointsFor(tx: Queryable, type: string): Promise<string[]> {
	return (await tx.query(MATCHING, [type])).map(({ id }) => id);
}

/** @param deliveries the id of each new delivery, by its endpoint */
export async function queueEvent(
	tx: Queryable,
	{ id, type, aggregateId, payload }: StoredEvent,
	deliveries: ReadonlyMap<string, string>,
): Promise<void> {
	await tx.query(QUEUE, [id, type, aggregateId, payload, [...deliveries.values()], [...deliveries.keys()]]);
}

/** Removes the bodies with the user's address, delivered or not. */
export async function eraseUserFrom(db: Queryable, userId: string): Promise<void> {
	await db.query(ERASE_EVENTS, [userId]);
	await db.query(ERASE_MESSAGES, [userId]);
}
