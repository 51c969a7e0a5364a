import Stripe from "stripe";

/**
 * Codes by which a thief would learn that his card is known as stolen: Stripe asks to show them as any other decline
 * (docs.stripe.com/declines/codes).
 */
const KEPT_TO_OURSELVES: ReadonlySet<string> = new Set([
	"fraudulent",
	"lost_card",
	"merchant_blacklist",
	"pickup_card",
	"restricted_card",
	"security_violation",
	"stolen_card",
]);

/** Why a card was declined, as it may be shown. */
export function declineReason({ code, decline_code: declined }: DeclineCodes): string {
	const reason = code === "authentication_required" ? code : declined || code;
	return reason === undefined || KEPT_TO_OURSELVES.has(reason) ? "card_declined" : reason;
}

interface DeclineCodes {
	readonly code?: string | undefined;
	readonly decline_code?: string | undefined;
}

/** The request itself was refused, before anything was done. A wrong key or too many requests say nothing of it. */
export const isRefusal = (error: unknown): error is Stripe.errors.StripeError =>
	error instanceof Stripe.errors.StripeInvalidRequestError;

/**
 * A failure of Stripe's own that is replayed: its first request has ended, and this key will never answer anything
 * else (docs.stripe.com/api/idempotent_requests). What that request has not left behind by now did not happen.
 */
export function isBurnt(error: unknown): boolean {
	if (!(error instanceof Stripe.errors.StripeAPIError)) return false;
	return (error.statusCode ?? 0) >= 500 && error.headers?.["idempotent-replayed"] === "true";
}
