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

/** Ends a pending order whose stock or money was refused. Nobody else has heard of it. */
export function reject(order: Order, reason: string, at: string): Decision {
	return order.status === "pending" ? happened(order, at, { type: "rejected", reason }) : unchanged(order);
}

/** Ends a checkout that was refused: the pending order is rejected, a confirmed one has no valid payment. */
export function endCheckout(order: Order, paymentId: string, reason: string, at: string): Decision {
	return order.status === "pending" ? reject(order, reason, at) : failPayment(order, paymentId, reason, at);
}

/**
 * Notes a payment that was refused. The pending order stays, and may be paid another way while its stock is held; one
 * that was confirmed is cancelled, unless its parcel has left. Noting it twice changes nothing.
 */
export function failPayment(order: Order, paymentId: string, reason: string, at: string): Decision {
	if (order.paymentId !== paymentId) return unchanged(order);
	const failed = { type: "paymentFailed", paymentId, reason } as const;
	if (order.isBeingPaid) return happened(order, at, failed);
	if (order.paymentStatus !== "authorized") return unchanged(order);

	const isHere = order.status === "confirmed" || order.status === "processing";
	return isHere ? happened(order, at, failed, { type: "cancelled", reason }) : unchanged(order);
}

const hasBeenConfirmed = ({ status }: Order): boolean =>
	status === "confirmed" || status === "processing" || status === "shipped" || status === "delivered";
