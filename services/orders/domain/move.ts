import { IllegalTransition, OrderNotCancellable } from "../../contracts/orders.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import { happened, unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import type { Fulfilment } from "./facts.ts";
import type { Order } from "./order.ts";

/** Where staff may move an order. Only a payment confirms one, and only a checkout rejects one. */
const LEGAL: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
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
function legalMoves({ status, paymentStatus }: Order): readonly OrderStatus[] {
	return paymentStatus === "authorized" ? LEGAL[status].filter((to) => to === "cancelled") : LEGAL[status];
}

/**
 * Moves an order along. Moving it where it is decides nothing.
 *
 * @throws IllegalTransition naming the legal moves
 */
export function move(order: Order, to: OrderStatus, at: string, reason?: string): Decision {
	if (order.status === to) return unchanged(order);
	const legal = legalMoves(order);
	if (!legal.includes(to)) throw new IllegalTransition({ status: order.status, legal });
	if (to === "cancelled") return cancel(order, at, reason);

	const fact = { type: "moved", to: to as Fulfilment } as const;
	return happened(order, at, reason === undefined ? fact : { ...fact, reason });
}

/**
 * Cancels an order that has not been shipped. Cancelling twice is one cancellation.
 *
 * @throws OrderNotCancellable when it is shipped, delivered, returned or rejected
 */
export function cancel(order: Order, at: string, reason = "cancelled on request"): Decision {
	if (order.status === "cancelled") return unchanged(order);
	if (!LEGAL[order.status].includes("cancelled")) throw new OrderNotCancellable({ status: order.status });
	return happened(order, at, { type: "cancelled", reason });
}

/** The hold on its stock is over: a pending order that nobody is paying is cancelled. */
export function expire(order: Order, at: string): Decision {
	if (order.status !== "pending" || order.isBeingPaid) return unchanged(order);
	return happened(order, at, { type: "cancelled", reason: "not paid in time" });
}
