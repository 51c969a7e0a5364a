import { allocate } from "./allocation.ts";
import type { Units } from "./facts.ts";
import type { Order } from "./order.ts";
import { summed, TAKEN, unitsIn } from "./units.ts";

/**
 * What is given back for units of an order: what the order still keeps, divided by price among the units that are not
 * yet taken back. Without other refunds that is exactly what the units cost, in whatever order they come back. What
 * staff gave back otherwise lowers all that are left in proportion, and the last return gets the rest, so that the
 * parts always sum to the whole.
 */
export function refundFor(order: Order, lines: readonly Units[]): number {
	const wanted = summed(lines);
	const taken = unitsIn(order.returns, TAKEN);
	const weights = order.lines.flatMap(({ productId, quantity, unitCents }) => {
		const now = wanted.get(productId) ?? 0;
		const later = quantity - (taken.get(productId) ?? 0) - now;
		return [now * unitCents, later * unitCents];
	});
	const kept = keptCents(order);
	if (weights.every((weight, index) => index % 2 === 0 || weight === 0)) return kept;
	return allocate(kept, weights).reduce((sum, part, index) => (index % 2 === 0 ? sum + part : sum), 0);
}

/** What was paid and is neither given back nor promised to a return. */
function keptCents({ totalCents, refundedCents, returns }: Order): number {
	const promised = returns.filter(({ status, isRefunded }) => status === "accepted" && !isRefunded);
	const promisedCents = promised.reduce((sum, { amountCents }) => sum + (amountCents ?? 0), 0);
	return Math.max(0, totalCents - refundedCents - promisedCents);
}
