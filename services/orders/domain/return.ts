import {
	MAX_RETURNS,
	NothingToReturn,
	OrderNotReturnable,
	ReturnDecided,
	ReturnExceedsOrder,
	ReturnNotFound,
	TooManyReturns,
} from "../../contracts/returns.ts";
import type { ReturnStatus } from "../../contracts/returns.ts";
import { happened, unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import type { Units } from "./facts.ts";
import type { Order } from "./order.ts";
import { refundFor } from "./return-amount.ts";
import type { Return } from "./return-history.ts";
import { CLAIMED, summed, TAKEN, unitsIn, unitsOf } from "./units.ts";

/**
 * Asks for units of a delivered order to be taken back; all that are left unless they are named.
 *
 * @throws OrderNotReturnable, ReturnExceedsOrder naming what can be returned, NothingToReturn, TooManyReturns
 */
export function requestReturn(
	order: Order,
	returnId: string,
	items: readonly Units[] | undefined,
	at: string,
): Decision {
	if (order.status !== "delivered") throw new OrderNotReturnable({ status: order.status });
	if (order.returns.length >= MAX_RETURNS) throw new TooManyReturns();

	const left = unitsLeft(order, CLAIMED);
	const lines = unitsOf(items === undefined ? left : summed(items));
	if (lines.length === 0) throw new NothingToReturn();
	const excess = lines.filter(({ productId, quantity }) => quantity > (left.get(productId) ?? 0));
	const returnable = excess.map(({ productId }) => ({ productId, returnable: left.get(productId) ?? 0 }));
	if (excess.length > 0) throw new ReturnExceedsOrder({ items: returnable });
	return happened(order, at, { type: "returnRequested", returnId, lines });
}

/**
 * Takes the units back: what is given back for them is fixed now. Accepting twice is one acceptance.
 *
 * @throws ReturnNotFound, ReturnDecided when it was refused
 */
export function acceptReturn(order: Order, returnId: string, restock: boolean, at: string): Decision {
	const { status, lines } = returnOf(order, returnId);
	if (TAKEN.includes(status)) return unchanged(order);
	if (status !== "requested") throw new ReturnDecided({ status });
	const amountCents = refundFor(order, lines);
	return happened(order, at, { type: "returnAccepted", returnId, amountCents, restock });
}

/** @throws ReturnNotFound, ReturnDecided when it was accepted */
export function refuseReturn(order: Order, returnId: string, at: string): Decision {
	const { status } = returnOf(order, returnId);
	if (status === "refused") return unchanged(order);
	if (status !== "requested") throw new ReturnDecided({ status });
	return happened(order, at, { type: "returnRefused", returnId });
}

/**
 * Notes that the units of an accepted return are back, and what was given back for them, unless payments told of that
 * before. An order of which nothing is left is returned. Noting it twice changes nothing.
 */
export function completeReturn(order: Order, returnId: string, refundedCents: number, at: string): Decision {
	const { status, isRefunded, amountCents } = returnOf(order, returnId);
	if (status !== "accepted") return unchanged(order);

	const isNews = refundedCents > 0 && !isRefunded && order.paymentId !== null;
	const refunded = {
		type: "refunded",
		paymentId: order.paymentId ?? "",
		amountCents: refundedCents,
		returnId,
	} as const;
	const given = isRefunded ? (amountCents ?? 0) : refundedCents;
	const completed = { type: "returnCompleted", returnId, amountCents: given } as const;
	const decision = happened(order, at, ...(isNews ? [refunded] : []), completed);
	if (decision.state.status !== "delivered" || unitsLeft(decision.state, ["completed"]).size > 0) return decision;
	return followedBy(decision, happened(decision.state, at, { type: "moved", to: "returned" }));
}

/**
 * Staff takes back whatever is left of a delivered order, instead of the returns that are only asked for; the order is
 * returned at once.
 *
 * @throws NothingToReturn when every unit is on its way back already
 */
export function returnRest(order: Order, returnId: string, at: string): Decision {
	const lines = unitsOf(unitsLeft(order, TAKEN));
	if (lines.length === 0) throw new NothingToReturn();

	const asked = order.returns.filter(({ status }) => status === "requested");
	return happened(
		order,
		at,
		...asked.map(({ id }) => ({ type: "returnSuperseded", returnId: id }) as const),
		{ type: "returnRequested", returnId, lines },
		{ type: "returnAccepted", returnId, amountCents: refundFor(order, lines), restock: true },
		{ type: "moved", to: "returned" },
	);
}

/** @throws ReturnNotFound */
export function returnOf({ returns }: Order, returnId: string): Return {
	const found = returns.find(({ id }) => id === returnId);
	if (found === undefined) throw new ReturnNotFound();
	return found;
}

/** Units of each product that no return in one of these states has; products without any are left out. */
function unitsLeft({ lines, returns }: Order, statuses: readonly ReturnStatus[]): Map<string, number> {
	const gone = unitsIn(returns, statuses);
	const left = lines.map(({ productId, quantity }) => [productId, quantity - (gone.get(productId) ?? 0)] as const);
	return new Map(left.filter(([, quantity]) => quantity > 0));
}

const followedBy = (first: Decision, second: Decision): Decision => ({
	state: second.state,
	facts: [...first.facts, ...second.facts],
	events: [...first.events, ...second.events],
});
