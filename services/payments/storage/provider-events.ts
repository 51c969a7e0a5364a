import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { purge, purging } from "../../../mixins/sql/purge.ts";
import type { SqlMethods } from "../../../mixins/sql.mixin.ts";
import type { Chore } from "../../../mixins/upkeep.mixin.ts";

export interface ProviderEvent {
	readonly id: string;
	readonly type: string;
	/** The provider's name of the payment. */
	readonly reference: string;
}

const KEEP = statement<{ ok: number }>(
	"providerEvents.keep",
	"insert into provider_events (id, type, reference) values ($1, $2, $3) on conflict (id) do nothing returning 1 as ok",
);

/** Whoever takes events has them for 15 s, and twice as long each time it fails, up to an hour. */
const TAKE = statement<Pick<ProviderEvent, "id" | "reference">>(
	"providerEvents.take",
	`update provider_events
	set attempts = attempts + 1, attempt_after = now() + least(15 * 2 ^ least(attempts, 10), 3600) * interval '1 s'
	where id in (
		select id from provider_events where handled_at is null and attempt_after <= now()
		order by attempt_after limit 50 for update skip locked)
	returning id, reference`,
);

const FINISH = statement(
	"providerEvents.finish",
	"update provider_events set handled_at = now() where id = any($1::text[])",
);

/** Stripe delivers for three days, and its dashboard for thirty. */
const PURGE = purging(
	"providerEvents.purge",
	"provider_events",
	"where handled_at < now() - interval '40 days' order by handled_at",
);

/** @returns false when the event was kept before */
export async function keepEvent(db: Queryable, { id, type, reference }: ProviderEvent): Promise<boolean> {
	return (await db.query(KEEP, [id, type, reference])).length > 0;
}

export const takeDueEvents = (db: Queryable) => db.query(TAKE);

export async function finishEvents(db: Queryable, ids: readonly string[]): Promise<void> {
	await db.query(FINISH, [ids]);
}

export const forgetEvents: Chore<SqlMethods> = {
	name: "forget old events of the provider",
	everyMs: 3_600_000,
	work: ({ db }) => purge(db, PURGE),
};
