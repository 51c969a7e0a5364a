import { z } from "zod";
import { defineAction } from "./action.ts";
import { rawBody } from "./bodies.ts";
import { defineError } from "./errors.ts";

export const WebhookNotSigned = defineError(
	"WEBHOOK_NOT_SIGNED",
	400,
	"The Stripe-Signature header does not sign this body with a secret of this shop, now. Nothing of it was read.",
);
export const WebhooksOff = defineError(
	"WEBHOOKS_OFF",
	404,
	"This shop takes no webhooks of Stripe. Its operator sets STRIPE_WEBHOOK_SECRET to the signing secret of the endpoint.",
);

/** The answer goes out as soon as the event is kept; what it means is asked of the provider afterwards. */
export const TakeStripeEvent = defineAction("payments.stripeEvent", {
	summary: "Takes an event of Stripe, signed over the bytes of its body; an event that comes again has no effect.",
	params: z.strictObject({ ...rawBody }),
	result: z.object({ received: z.literal(true) }),
	errors: [WebhookNotSigned, WebhooksOff],
});

export const PROVIDER_EVENT_ACTIONS = [TakeStripeEvent];
