/** Objects as Stripe's API shows them, with the fields that are documented and of interest here. */
export interface StubIntent {
	readonly id: string;
	readonly object: "payment_intent";
	readonly amount: number;
	amount_capturable: number;
	amount_received: number;
	canceled_at: number | null;
	cancellation_reason: string | null;
	readonly capture_method: string;
	readonly client_secret: string;
	readonly confirmation_method: "automatic";
	readonly created: number;
	readonly currency: string;
	readonly customer: string | null;
	readonly description: null;
	last_payment_error: StubError | null;
	/** The id; a request may ask for the charge itself. */
	latest_charge: string | null;
	readonly livemode: false;
	readonly metadata: Readonly<Record<string, string>>;
	next_action: { type: string } | null;
	payment_method: string | null;
	readonly payment_method_types: readonly string[];
	status: string;
}

export interface StubCharge {
	readonly id: string;
	readonly object: "charge";
	readonly amount: number;
	amount_captured: number;
	amount_refunded: number;
	captured: boolean;
	readonly created: number;
	readonly currency: string;
	disputed: boolean;
	readonly metadata: Readonly<Record<string, string>>;
	readonly paid: boolean;
	readonly payment_intent: string;
	refunded: boolean;
	readonly status: string;
}

export interface StubRefund {
	readonly id: string;
	readonly object: "refund";
	readonly amount: number;
	readonly charge: string;
	readonly created: number;
	readonly currency: string;
	failure_reason?: string;
	readonly metadata: Readonly<Record<string, string>>;
	readonly payment_intent: string;
	readonly reason: string | null;
	status: string;
}

export interface StubDispute {
	readonly id: string;
	readonly object: "dispute";
	readonly amount: number;
	readonly charge: string;
	readonly created: number;
	readonly currency: string;
	readonly payment_intent: string;
	readonly reason: string;
	status: string;
}

export interface StubMethod {
	readonly id: string;
	readonly object: "payment_method";
	readonly card: { brand: string; last4: string; exp_month: number; exp_year: number };
	readonly created: number;
	customer: string | null;
	readonly type: "card";
}

/** What stands under `error` in an answer. */
export interface StubError {
	readonly type: string;
	readonly code?: string;
	readonly decline_code?: string;
	readonly message: string;
	readonly param?: string;
	readonly charge?: string;
	readonly payment_intent?: StubIntent;
}

/** An answer that is not 200. */
export class StubRefusal extends Error {
	readonly status: number;
	readonly error: StubError;
	/** Refused before anything was done: Stripe keeps no answer under the key then. */
	readonly isForgotten: boolean;

	constructor(status: number, error: StubError, isForgotten = false) {
		super(error.message);
		this.status = status;
		this.error = error;
		this.isForgotten = isForgotten;
	}
}

/** Of parameters that Stripe does not accept. */
export const invalid = (message: string, error: Partial<StubError> = {}) =>
	new StubRefusal(400, { type: "invalid_request_error", message, ...error }, true);

export const missing = (what: string, id: string, param = "id") =>
	new StubRefusal(
		param === "id" ? 404 : 400,
		{ type: "invalid_request_error", code: "resource_missing", message: `No such ${what}: '${id}'`, param },
		true,
	);

interface Card {
	readonly brand: string;
	readonly last4: string;
	/** Why a payment with it is declined. */
	readonly declined?: { readonly code: string; readonly decline_code: string };
}

const declining = (decline: string, code = "card_declined", last4 = "0002"): Card => ({
	brand: "visa",
	last4,
	declined: { code, decline_code: decline },
});

/** Stripe's own test tokens (docs.stripe.com/testing). */
export const CARDS: Readonly<Record<string, Card>> = {
	pm_card_visa: { brand: "visa", last4: "4242" },
	pm_card_mastercard: { brand: "mastercard", last4: "4444" },
	pm_card_amex: { brand: "amex", last4: "8431" },
	pm_card_chargeDeclined: declining("generic_decline"),
	pm_card_chargeDeclinedInsufficientFunds: declining("insufficient_funds", "card_declined", "9995"),
	pm_card_chargeDeclinedFraudulent: declining("fraudulent", "card_declined", "0019"),
	pm_card_chargeDeclinedExpiredCard: declining("expired_card", "expired_card", "0069"),
	pm_card_authenticationRequired: declining("authentication_required", "authentication_required", "3184"),
};
