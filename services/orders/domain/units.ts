import type { ReturnStatus } from "../../contracts/returns.ts";
import type { Units } from "./facts.ts";
import type { Return } from "./return-history.ts";

/** Units of each product, in the order in which products are first named. The same id in another spelling is the same product. */
export function summed(units: readonly Units[]): Map<string, number> {
	const sums = new Map<string, number>();
	for (const { productId, quantity } of units) {
		const id = productId.toLowerCase();
		sums.set(id, (sums.get(id) ?? 0) + quantity);
	}
	return sums;
}

export const unitsOf = (sums: ReadonlyMap<string, number>): Units[] =>
	[...sums].map(([productId, quantity]) => ({ productId, quantity }));

/** What the returns in these states take, by product. */
export const unitsIn = (returns: readonly Return[], statuses: readonly ReturnStatus[]): Map<string, number> =>
	summed(returns.filter(({ status }) => statuses.includes(status)).flatMap(({ lines }) => lines));

/** Units that are asked to be taken back are promised to that return, until it is refused. */
export const CLAIMED: readonly ReturnStatus[] = ["requested", "accepted", "completed"];
/** Units that are taken back, or on their way. */
export const TAKEN: readonly ReturnStatus[] = ["accepted", "completed"];
