import { setTimeout as wait } from "node:timers/promises";
import { STORED } from "../services.ts";
import type { Databases } from "./databases.ts";

const ASK_EVERY_MS = 250;

/** What is still under way, in words; nothing when the shop has come to rest. */
export type Unsettled = () => Promise<readonly string[]>;

/**
 * Waits until nothing is under way.
 *
 * @returns what still is when the time is over
 */
export async function settled(unsettled: Unsettled, withinMs: number): Promise<readonly string[]> {
	const endMs = Date.now() + withinMs;
	for (;;) {
		const open = await unsettled().catch((error: unknown) => [String(error)]);
		if (open.length === 0 || Date.now() > endMs) return open;
		await wait(ASK_EVERY_MS);
	}
}

const SAGAS = `select 1 from sagas join orders on orders.id = subject_id
	where state <> 'done' and (type <> 'hold' or status = 'pending')`;

/** Sagas that run and facts that wait. */
export async function unsettledIn(databases: Databases): Promise<string[]> {
	const asked: [string, string, string][] = [
		["orders", "sagas", SAGAS],
		["notifications", "facts unhandled", "select 1 from inbox where processed_at is null and dead_at is null"],
		...STORED.map((service): [string, string, string] => [
			service,
			"facts unpublished",
			"select 1 from outbox where published_at is null",
		]),
	];
	const counted = await Promise.all(
		asked.map(async ([service, what, sql]) => {
			const { length } = await databases.rows(service, sql);
			return length === 0 ? [] : [`${service}: ${length} ${what}`];
		}),
	);
	return counted.flat();
}
