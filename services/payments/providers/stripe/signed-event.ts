import Stripe from "stripe";
import { z } from "zod";

/** An event about a payment, as far as it is believed: what happened is asked of Stripe itself. */
export interface PaymentEvent {
	readonly id: string;
	readonly type: string;
	/** The PaymentIntent. */
	readonly reference: string;
}

const TOLERANCE_SECONDS = 300;

/** Whether the header signs these bytes with one of the secrets, and not long ago. */
export function isSigned(raw: Buffer, header: string, secrets: readonly string[], now: Date): boolean {
	return secrets.some((secret) => {
		try {
			const { signature } = Stripe.webhooks;
			return signature?.verifyHeader(raw, header, secret, TOLERANCE_SECONDS, undefined, now.getTime()) ?? false;
		} catch {
			return false;
		}
	});
}

/** After these the payment may be another at Stripe than here. */
const TELLING: ReadonlySet<string> = new Set([
	"payment_intent.amount_capturable_updated",
	"payment_intent.canceled",
	"payment_intent.payment_failed",
	"payment_intent.succeeded",
	"charge.captured",
	"charge.dispute.closed",
	"charge.dispute.created",
	"charge.dispute.funds_reinstated",
	"charge.dispute.funds_withdrawn",
	"charge.expired",
	"charge.refund.updated",
	"charge.refunded",
	"refund.created",
	"refund.failed",
	"refund.updated",
]);

const Named = z.object({
	id: z.string().max(255),
	type: z.string(),
	data: z.object({ object: z.object({ id: z.string().max(255), payment_intent: z.string().max(255).nullish() }) }),
});

/** The payment that a signed event is about; undefined for what tells nothing of a payment. */
export function paymentEventOf(raw: Buffer): PaymentEvent | undefined {
	const { success, data: event } = Named.safeParse(jsonOf(raw));
	if (!success || !TELLING.has(event.type)) return undefined;
	const { id, payment_intent: parent } = event.data.object;
	const reference = event.type.startsWith("payment_intent.") ? id : parent;
	return reference == null ? undefined : { id: event.id, type: event.type, reference };
}

function jsonOf(raw: Buffer): unknown {
	try {
		return JSON.parse(raw.toString("utf8"));
	} catch {
		return undefined;
	}
}
