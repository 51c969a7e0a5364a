import type { Message } from "../../services/contracts/event.ts";
import { statement } from "../sql/database.ts";
import type { Queryable } from "../sql/database.ts";
import type { EventBus } from "./bus.ts";
import { holdLease } from "./lease.ts";

export const RELAY_LEASE = "relay";
const BATCH = 200;

/** Facts that were tried in vain have a lane of their own: those that a lost reader blocks must not hold up the others. */
const PENDING = statement<Message>(
	"outbox.pending",
	`select message_id as id, name, schema_version as version, aggregate_type as "aggregateType",
		aggregate_id as "aggregateId", sequence, correlation_id as "correlationId",
		causation_id as "causationId", body as data
	from (
		(select * from outbox where published_at is null and attempts = 0 order by id limit ${BATCH})
		union all
		(select * from outbox where published_at is null and attempts > 0 order by attempts, id limit ${BATCH})
	) as pending order by pending.id`,
);

const MARK = statement(
	"outbox.mark",
	// Not flushed to disk at once: a mark that a crash loses publishes the message again, and inboxes drop the second.
	`with relaxed as (select set_config('synchronous_commit', 'off', true))
	update outbox set published_at = now() from relaxed
	where message_id = any($1::uuid[])
		and exists (select 1 from leases where name = '${RELAY_LEASE}' and owner = $2 and fence = $3)`,
);

const BLAME = statement(
	"outbox.blame",
	"update outbox set attempts = attempts + 1, last_error = $2 where message_id = any($1::uuid[])",
);

export interface RelayOptions {
	readonly db: Queryable;
	readonly bus: Pick<EventBus, "publish" | "isConnected">;
	readonly owner: string;
	/** Takes or renews the lease; by default the row is asked every time. */
	readonly hold?: () => Promise<number | undefined>;
}

/**
 * Publishes what the outbox holds, oldest first. Only the holder of the lease publishes, and only its
 * fence may mark; no transaction is open while the bus is waited for. Published twice is possible
 * (a crash between publishing and marking); unpublished is not.
 *
 * @returns how many messages were published
 */
export async function relayOnce({ db, bus, owner }: RelayOptions, fence: number): Promise<number> {
	const pending = await db.query(PENDING);
	if (pending.length === 0) return 0;

	const published = await bus.publish(pending);
	const blocked = pending.filter(({ id }) => !published.has(id)).map(({ id }) => id);
	await db.query(MARK, [[...published], owner, fence]);
	if (blocked.length > 0) await db.query(BLAME, [blocked, "a reader's inbox did not accept the message"]);
	return published.size;
}

/**
 * Takes the lease and empties the outbox; does nothing while another node holds the lease, nor while the bus is out of
 * reach: nobody is to blame then, and what waits need not be read again with every fact that joins it.
 */
export async function drainOutbox(options: RelayOptions): Promise<void> {
	if (!options.bus.isConnected()) return;
	const hold = options.hold ?? (() => holdLease(options.db, RELAY_LEASE, options.owner));
	const fence = await hold();
	if (fence === undefined) return;

	while ((await relayOnce(options, fence)) >= BATCH) {
		if ((await hold()) !== fence) return;
	}
}
