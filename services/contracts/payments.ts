import { z } from "zod";
import { defineAction } from "./action.ts";
import { hasCardNumber } from "./card-numbers.ts";
import { defineError } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { Amount, Currency } from "./money.ts";
import { listOf, listParams } from "./paging.ts";
import { ById, Id, text, Timestamp } from "./text.ts";

/**
 *     authorized → captured → partially_refunded → refunded
 *         └→ voided                └────────────────→┘
 *     failed (declined; nothing was held)
 */
export const PAYMENT_STATUSES = [
	"pending",
	"authorized",
	"captured",
	"voided",
	"failed",
	"partially_refunded",
	"refunded",
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** A provider's token for a card or account, never a card number. */
export const PaymentMethod = z
	.string()
	.regex(/^pm_[A-Za-z0-9_]{1,100}$/, "a provider token such as pm_card_visa")
	.refine((given) => !hasCardNumber(given), "must not be a card number: send the provider's token for it");

export const Payment = z.object({
	id: Id,
	orderId: Id,
	userId: Id,
	amount: z.number(),
	currency: Currency,
	status: z.enum(PAYMENT_STATUSES),
	method: z.string(),
	refundedAmount: z.number(),
	createdAt: Timestamp,
});
export type Payment = z.output<typeof Payment>;

export const PaymentDeclined = defineError<{ reason: string; orderId?: string }>(
	"PAYMENT_DECLINED",
	402,
	({ reason }) => `The payment was declined (${reason}). Try another payment method.`,
);
export const PaymentNotFound = defineError("PAYMENT_NOT_FOUND", 404, "There is no such payment.");
export const RefundTooLarge = defineError<{ refundable: number; currency: string }>(
	"REFUND_TOO_LARGE",
	409,
	({ refundable, currency }) => `At most ${refundable} ${currency} of this payment can still be refunded.`,
);
export const PaymentNotRefundable = defineError<{ status: string }>(
	"PAYMENT_NOT_REFUNDABLE",
	409,
	({ status }) => `A payment that is ${status} has nothing to refund.`,
);
/** The payment was voided or failed before it could be captured. */
export const PaymentNotCapturable = defineError<{ status: string }>(
	"PAYMENT_NOT_CAPTURABLE",
	409,
	({ status }) => `A payment that is ${status} cannot be captured.`,
);

/** The payment was undone (voided) before it was authorized; a step that comes late must not revive it. */
export const PaymentEnded = defineError(
	"PAYMENT_ENDED",
	409,
	"This payment was undone before it was authorized. Begin a new one.",
);
export const OrderHasPayment = defineError(
	"ORDER_HAS_PAYMENT",
	409,
	"Another payment of this order is held, captured or not yet decided. Look at the order before paying again.",
);
/** The provider neither answered in time nor knows the key: the same step, sent again, takes effect once. */
export const PaymentOutcomeUnknown = defineError(
	"PAYMENT_OUTCOME_UNKNOWN",
	503,
	"The payment provider did not answer, so the outcome is not known yet. Send the same step again.",
	{ retryable: true },
);
/** Not retryable: sent again without its Idempotency-Key it would be a second refund. */
export const RefundUnresolved = defineError(
	"REFUND_UNRESOLVED",
	503,
	"The payment provider has not answered; the refund is kept and will be completed. Look at the payment before refunding again.",
);
export const RefundRefused = defineError<{ reason: string }>(
	"REFUND_REFUSED",
	409,
	({ reason }) => `The payment provider refused the refund (${reason}).`,
);

/** Saga step. The provider's keys are stored before the provider is called; an unknown outcome is asked for. */
export const AuthorizePayment = defineAction("payments.authorize", {
	summary: "Holds the money of an order at the provider.",
	params: z.strictObject({
		paymentId: Id,
		orderId: Id,
		userId: Id,
		amountCents: z.int().nonnegative(),
		currency: Currency,
		method: PaymentMethod,
	}),
	result: z.null(),
	errors: [PaymentDeclined, PaymentEnded, OrderHasPayment, PaymentOutcomeUnknown],
	callers: ["orders"],
});

/** Saga step. Capturing twice is one capture. */
export const CapturePayment = defineAction("payments.capture", {
	summary: "Takes the money that was held.",
	params: z.strictObject({ paymentId: Id }),
	result: z.null(),
	errors: [PaymentNotFound, PaymentNotCapturable, PaymentOutcomeUnknown],
	callers: ["orders"],
});

/** Compensation. Works before, during and after the steps it undoes: a later authorize with this id is refused. */
export const ReversePayment = defineAction("payments.reverse", {
	summary: "Voids what is held, or refunds all that is captured and not yet refunded.",
	params: z.strictObject({ paymentId: Id, orderId: Id, userId: Id, reason: text(200) }),
	result: z.object({ outcome: z.enum(["nothing", "voided", "refunded"]) }),
	errors: [RefundRefused, PaymentOutcomeUnknown],
	callers: ["orders"],
});

export const RefundPayment = defineAction("payments.refund", {
	summary: "Gives back a captured payment, in part or what is left of it.",
	params: z.strictObject({ paymentId: Id, amount: Amount.positive().optional(), reason: text(200) }),
	result: Payment,
	errors: [PaymentNotFound, RefundTooLarge, PaymentNotRefundable, RefundRefused, RefundUnresolved],
});

/** Part of a return. Given back once for each `refundId`, however often and whenever it is sent. */
export const RefundPart = defineAction("payments.refundPart", {
	summary: "Gives back an exact part of a captured payment.",
	params: z.strictObject({ refundId: Id, paymentId: Id, amountCents: z.int().positive(), reason: text(200) }),
	result: z.object({ refundedCents: z.int() }),
	errors: [PaymentNotFound, RefundTooLarge, PaymentNotRefundable, RefundRefused, PaymentOutcomeUnknown],
	callers: ["orders"],
});

export const GetPayment = defineAction("payments.get", {
	summary: "One payment.",
	params: ById,
	result: Payment,
	errors: [PaymentNotFound],
	callers: ["gateway", "orders"],
});

export const ListPayments = defineAction("payments.ofUser", {
	summary: "A user's payments, newest first.",
	params: listParams({ userId: Id }),
	result: listOf(Payment),
});

const paymentFact = {
	paymentId: Id,
	orderId: Id,
	amount: z.number(),
	currency: Currency,
	reason: z.string().optional(),
};

export const PaymentCaptured = defineEvent("payment.captured", 1, {
	summary: "The money of an order was taken.",
	aggregate: ["payment", "paymentId"],
	body: paymentFact,
});
export const PaymentFailed = defineEvent("payment.failed", 1, {
	summary: "The provider declined; nothing was held.",
	aggregate: ["payment", "paymentId"],
	body: paymentFact,
});
export const PaymentRefunded = defineEvent("payment.refunded", 1, {
	summary: "Money was given back; `amount` is this refund's.",
	aggregate: ["payment", "paymentId"],
	body: paymentFact,
});

export const PAYMENT_ACTIONS = [
	AuthorizePayment,
	CapturePayment,
	ReversePayment,
	RefundPayment,
	RefundPart,
	GetPayment,
	ListPayments,
];
export const PAYMENT_EVENTS = [PaymentCaptured, PaymentFailed, PaymentRefunded];
