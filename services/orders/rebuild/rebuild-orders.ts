import { CHUNK } from "../../../mixins/integrity/audit.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { flawsOfHistory } from "../domain/audit.ts";
import { happened } from "../domain/decision.ts";
import { replayed, unborn } from "../domain/order.ts";
import type { Occurred, Order } from "../domain/order.ts";
import { histories, historyOf } from "../storage/audit.queries.ts";
import type { History } from "../storage/audit.queries.ts";
import { lockProjection, putProjection } from "../storage/projection.ts";

export interface RebuildOptions {
	/** Only compares: what is stored stays what it is. */
	readonly isTrial?: boolean;
	/** Told after every batch: how many orders were read so far. */
	readonly onProgress?: (count: number) => void;
	/** Told of every order that differs, in words. */
	readonly onDifference?: (orderId: string, what: string) => void;
}

export interface RebuiltOrders {
	readonly read: number;
	/** Stored otherwise than their events tell. */
	readonly differing: number;
	/** Known by their events only. */
	readonly missing: number;
	/** Events are gone, so nothing tells what the order was: these are left as they are. */
	readonly broken: number;
}

type Verdict = "right" | "differing" | "missing" | "broken";

/**
 * Compares every order with what its events tell, and puts right what differs. Order and events are read as of one
 * instant, and what differs is read again under the order's lock, so orders may be placed and changed meanwhile.
 *
 * @throws ServiceBusy
 */
export async function rebuildOrders(db: Database, options: RebuildOptions = {}): Promise<RebuiltOrders> {
	const found = { read: 0, right: 0, differing: 0, missing: 0, broken: 0 };
	for (let after: string | null = null; ;) {
		const batch = await histories(db, after);
		for (const history of batch) found[await rebuilt(db, history, options)] += 1;
		found.read += batch.length;
		options.onProgress?.(found.read);
		after = batch.at(-1)?.id ?? null;
		if (batch.length < CHUNK) return found;
	}
}

async function rebuilt(db: Database, history: History, { isTrial, onDifference }: RebuildOptions): Promise<Verdict> {
	const verdict = verdictOf(history);
	if (verdict === "right") return verdict;

	onDifference?.(history.id, wordsOf(history, verdict));
	if (isTrial !== true && verdict !== "broken") await repair(db, history.id);
	return verdict;
}

function verdictOf({ id, order, events }: History): Verdict {
	const isWhole = events.length > 0 && events.every(({ version }, index) => version === index + 1);
	if (!isWhole || events.length < (order?.version ?? 0)) return "broken";
	if (order === undefined) return "missing";
	return flawsOfHistory(id, order, events).length === 0 ? "right" : "differing";
}

function wordsOf({ id, order, events }: History, verdict: Verdict): string {
	if (verdict === "missing") return "has events, and no row";
	return flawsOfHistory(id, order, events)
		.map(({ detail }) => detail)
		.join("; ");
}

async function repair(db: Database, orderId: string): Promise<void> {
	await db.transaction(async (tx) => {
		await lockProjection(tx, orderId);
		const history = await historyOf(tx, orderId);
		const told = replayed(orderId, history.events);
		if (told === undefined || verdictOf(history) === "broken") return;
		await putProjection(tx, told, announcedBy(orderId, history.events));
	});
}

/** How many facts others were told while this happened. */
function announcedBy(orderId: string, events: readonly Occurred[]): number {
	let order: Order = unborn(orderId);
	let count = 0;
	for (const { fact, at } of events) {
		const decision = happened(order, at, fact);
		order = decision.state;
		count += decision.events.length;
	}
	return count;
}
