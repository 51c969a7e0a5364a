import type { Products } from "../products.context.ts";
import { releaseExpired } from "../storage/reservation.store.ts";

const BATCH = 100;

/** Gives back every hold that expired longer ago than the grace, and says how many. */
export async function releaseExpiredHolds(this: Products): Promise<number> {
	const before = new Date(this.now().getTime() - this.config.graceMs);
	const movementIds = Array.from({ length: BATCH }, () => this.newId());
	const released = await releaseExpired(this.db, before, movementIds);
	return released < BATCH ? released : released + (await this.releaseExpired());
}
