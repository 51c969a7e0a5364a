import { OrderNotPayable } from "../../contracts/orders.ts";
import { happened, unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import type { Order } from "./order.ts";

/** Begins the payment of a pending order; one at a time. */
export function startPayment(order: Order, paymentId: string, at: string): Decision {
	if (order.status !== "pending") throw new OrderNotPayable({ status: order.status });
	if (order.isBeingPaid) throw new OrderNotPayable({ status: "being paid" });
	return happened(order, at, { type: "paymentStarted", paymentId });
}

/** The pivot of the checkout: the stock is sold and the money held. Confirming twice is one confirmation. */
export function confirm(order: Order, paymentId: string, at: string): Decision {
	if (order.paymentId === paymentId && hasBeenConfirmed(order)) return unchanged(order);
	if (order.status !== "pending" || order.paymentId !== paymentId) throw new OrderNotPayable({ status: order.status });
	return happened(order, at, { type: "confirmed", paymentId });
}

/** The money was taken. An order that was cancelled meanwhile is refunded elsewhere and keeps its status. */
export function recordCapture(order: Order, paymentId: string, at: string): Decision {
	if (order.paymentId !== paymentId || order.paymentStatus !== "authorized") return unchanged(order);
	return happened(order, at, { type: "paid", paymentId });
}

/** Ends a checkout that was refused: nobody else has heard of a pending order, but a confirmed one is cancelled. */
export function reject(order: Order, reason: string, at: string): Decision {
	if (order.status === "pending") return happened(order, at, { type: "rejected", reason });
	if (order.status === "confirmed") return happened(order, at, { type: "cancelled", reason });
	return unchanged(order);
}

/** Ends a payment that was refused: the pending order stays, and may be paid another way while its stock is held. */
export function failPayment(order: Order, paymentId: string, reason: string, at: string): Decision {
	if (order.paymentId !== paymentId) return unchanged(order);
	if (order.status === "pending") return happened(order, at, { type: "paymentFailed", paymentId, reason });
	return reject(order, reason, at);
}

const hasBeenConfirmed = ({ status }: Order): boolean =>
	status === "confirmed" || status === "processing" || status === "shipped" || status === "delivered";
