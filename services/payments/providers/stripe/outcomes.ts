import type Stripe from "stripe";
import type { Outcomes } from "../provider.ts";
import { declineReason } from "./faults.ts";

type Intent = Stripe.PaymentIntent;

/** What came of asking for a hold; undefined while Stripe itself does not know. */
export function authorizationOf(intent: Intent): Outcomes["authorize"] | undefined {
	if (intent.status === "processing") return undefined;
	if (intent.status === "requires_action") return declined("authentication_required");
	if (intent.last_payment_error !== null) return declined(declineReason(intent.last_payment_error));
	return wasHeld(intent) ? { status: "authorized", reference: intent.id } : declined("canceled");
}

/** A hold that was let go since was a hold all the same: what the first answer said stays said. */
const wasHeld = ({ status, latest_charge: charge }: Intent): boolean =>
	status === "requires_capture" || status === "succeeded" || (status === "canceled" && charge !== null);

export const declined = (reason: string) => ({ status: "declined", reason }) as const;
const refused = (reason: string) => ({ status: "refused", reason }) as const;

/** What has become of a hold that was to be taken; undefined while it is still held. */
export function captureOf({ status }: Intent): Outcomes["capture"] | undefined {
	if (status === "succeeded") return { status: "captured" };
	return status === "canceled" ? refused("the hold is canceled") : undefined;
}

/** What has become of a hold that was to be let go; undefined while it is still held. */
export function voidOf({ status }: Intent): Outcomes["void"] | undefined {
	if (status === "canceled") return { status: "voided" };
	return status === "succeeded" ? refused("the hold is captured") : undefined;
}

/** Money that is on its way counts as given back; a bank that sends it back later is news for the reconciliation. */
export function refundOf({ status, failure_reason: reason }: Stripe.Refund): Outcomes["refund"] {
	return hasFailed(status) ? refused(reason ?? "failed") : { status: "refunded" };
}

export const hasFailed = (status: string | null): boolean => status === "failed" || status === "canceled";
