import { IllegalTransition, OrderNotCancellable } from "../../contracts/orders.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import { happened, unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import type { Fulfilment } from "./facts.ts";
import type { Order } from "./order.ts";
import { returnRest } from "./return.ts";

type Move = Fulfilment | "cancelled";

/** Where staff may move an order. Only a payment confirms one, and only a checkout rejects one. */
const LEGAL: Readonly<Record<OrderStatus, readonly Move[]>> = {
	pending: ["cancelled"],
	confirmed: ["processing", "cancelled"],
	processing: ["shipped", "cancelled"],
	shipped: ["delivered"],
	delivered: ["returned"],
	returned: [],
	cancelled: [],
	rejected: [],
};

/** Until its capture is recorded an order can only be cancelled: what is packed and shipped is paid. */
function legalMoves({ status, paymentStatus }: Order): readonly Move[] {
	return paymentStatus === "authorized" ? LEGAL[status].filter((to) => to === "cancelled") : LEGAL[status];
}

/**
 * Moves an order along. Moving it where it is decides nothing; returning it takes back all that is left of it.
 *
 * @param returnId of the return that this may become
 * @throws IllegalTransition naming the legal moves, NothingToReturn
 */
export function move(order: Order, to: OrderStatus, returnId: string, at: string): Decision {
	if (order.status === to) return unchanged(order);
	const legal = legalMoves(order);
	const next = legal.find((each) => each === to);
	if (next === undefined) throw new IllegalTransition({ status: order.status, legal });
	if (next === "cancelled") return cancel(order, at);
	if (next === "returned") return returnRest(order, returnId, at);
	return happened(order, at, { type: "moved", to: next });
}

/**
 * Cancels an order that has not been shipped. Cancelling twice is one cancellation.
 *
 * @throws OrderNotCancellable when it is shipped, delivered, returned or rejected
 */
export function cancel(order: Order, at: string): Decision {
	if (order.status === "cancelled") return unchanged(order);
	if (!LEGAL[order.status].includes("cancelled")) throw new OrderNotCancellable({ status: order.status });
	return happened(order, at, { type: "cancelled", reason: "cancelled on request" });
}

/** The hold on its stock is over: a pending order that nobody is paying is cancelled. */
export function expire(order: Order, at: string): Decision {
	if (order.status !== "pending" || order.isBeingPaid) return unchanged(order);
	return happened(order, at, { type: "cancelled", reason: "not paid in time" });
}
