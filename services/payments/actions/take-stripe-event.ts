import { WebhookNotSigned, WebhooksOff } from "../../contracts/provider-events.ts";
import type { TakeStripeEvent } from "../../contracts/provider-events.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import type { Payments } from "../payments.context.ts";
import { isSigned, paymentEventOf } from "../providers/stripe/signed-event.ts";
import { keepEvent } from "../storage/provider-events.ts";

/** Verified before a byte of it is read, kept once, answered at once; what it tells nothing of is answered too. */
export async function takeStripeEvent(this: Payments, { params }: Ctx<typeof TakeStripeEvent>) {
	if (this.webhookSecrets.length === 0) throw new WebhooksOff();
	const raw = Buffer.from(params.raw, "base64");
	const signature = params.headers["stripe-signature"] ?? "";
	if (!isSigned(raw, signature, this.webhookSecrets, this.now())) throw new WebhookNotSigned();

	const event = paymentEventOf(raw);
	if (event !== undefined && (await keepEvent(this.db, event))) this.follower.wake();
	return { received: true } as const;
}
