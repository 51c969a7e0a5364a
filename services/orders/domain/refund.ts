import { happened, unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import type { Order } from "./order.ts";

/** What became of the payment of an order that ended. */
export type Reversal = "nothing" | "voided" | "refunded";

/** Notes that the payment was given back in full. Noting it twice, or after the refund was heard of, changes nothing. */
export function recordReversal(order: Order, outcome: Reversal, at: string): Decision {
	const { paymentId, paymentStatus, totalCents, refundedCents } = order;
	if (outcome === "nothing" || paymentId === null || paymentStatus === "refunded") return unchanged(order);
	if (outcome === "refunded")
		return happened(order, at, { type: "refunded", paymentId, amountCents: totalCents - refundedCents });
	return paymentStatus === "unpaid" ? unchanged(order) : happened(order, at, { type: "paymentVoided", paymentId });
}

/** Notes a refund that payments told of. Together refunds never exceed the order. */
export function recordRefund(order: Order, paymentId: string, amountCents: number, at: string): Decision {
	if (order.paymentId !== paymentId || order.paymentStatus === "refunded") return unchanged(order);
	return happened(order, at, { type: "refunded", paymentId, amountCents });
}
