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

/** A refund that payments told of. */
export interface HeardRefund {
	readonly paymentId: string;
	readonly amountCents: number;
	readonly reason?: string | undefined;
}

/**
 * Notes a refund that payments told of. Together refunds never exceed the order, and that of a return counts once,
 * whether its saga or this tells of it first.
 */
export function recordRefund(order: Order, { paymentId, amountCents, reason }: HeardRefund, at: string): Decision {
	if (order.paymentId !== paymentId || order.paymentStatus === "refunded") return unchanged(order);
	const refunded = { type: "refunded", paymentId, amountCents } as const;
	const returned = order.returns.find(({ id }) => refundReason(id) === reason);
	if (returned === undefined) return happened(order, at, refunded);
	const isCounted = returned.isRefunded || returned.status === "completed";
	return isCounted ? unchanged(order) : happened(order, at, { ...refunded, returnId: returned.id });
}

/** How orders recognises the refund of a return when payments tells of it. */
export const refundReason = (returnId: string): string => `return ${returnId}`;
