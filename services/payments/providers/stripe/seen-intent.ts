import type Stripe from "stripe";
import type { SeenPayment, SeenReturn } from "../../domain/seen.ts";
import { fromStripe } from "./amounts.ts";
import { hasFailed } from "./outcomes.ts";

/** A PaymentIntent with its refunds and disputes, as payments sees it. */
export interface Parts {
	readonly intent: Stripe.PaymentIntent;
	readonly refunds: readonly Stripe.Refund[];
	readonly disputes: readonly Stripe.Dispute[];
}

export function seenIntent({ intent, refunds, disputes }: Parts): SeenPayment {
	const { currency, payment_method: method } = intent;
	const isTaken = intent.status === "succeeded";
	return {
		reference: intent.id,
		paymentId: intent.metadata.paymentId ?? null,
		status: statusOf(intent),
		// Who captures less than was held, at Stripe's dashboard, makes a difference that the reconciliation tells.
		amountCents: fromStripe(isTaken ? intent.amount_received : intent.amount, currency),
		currency: currency.toUpperCase(),
		...(typeof method === "string" && { method }),
		// A hold that is let go is a refund to Stripe, and to nobody else.
		returns: isTaken ? [...refunds.map(refundSeen), ...disputes.flatMap(lossSeen)] : [],
		isDisputed: disputes.some(({ status }) => OPEN.has(status)),
		begunAt: new Date(intent.created * 1_000),
	};
}

function statusOf({ status, last_payment_error: error }: Stripe.PaymentIntent): SeenPayment["status"] {
	if (status === "requires_capture") return "held";
	if (status === "succeeded") return "captured";
	if (status === "canceled") return "voided";
	return error === null ? "open" : "declined";
}

const refundSeen = ({ id, amount, currency, metadata, status, reason }: Stripe.Refund): SeenReturn => ({
	reference: id,
	key: metadata?.key ?? null,
	amountCents: fromStripe(amount, currency),
	status: hasFailed(status) ? "failed" : "done",
	reason: reason ?? "refunded at the provider",
});

/** Questioned and not decided: an inquiry, or a dispute whose money is withheld meanwhile. */
const OPEN: ReadonlySet<string> = new Set([
	"warning_needs_response",
	"warning_under_review",
	"needs_response",
	"under_review",
	"appeal_needs_response",
	"appeal_under_review",
]);

function lossSeen({ id, amount, currency, status }: Stripe.Dispute): SeenReturn[] {
	if (status !== "lost") return [];
	const amountCents = fromStripe(amount, currency);
	return [{ reference: id, key: null, amountCents, status: "done", reason: "dispute lost" }];
}
