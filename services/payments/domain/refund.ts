import { ValidationFailed } from "../../contracts/errors.ts";
import { decimalsOf, fitsCurrency, fromMinor, toMinor } from "../../contracts/money.ts";
import {
	PaymentNotRefundable,
	PaymentOutcomeUnknown,
	PaymentRefunded,
	RefundTooLarge,
} from "../../contracts/payments.ts";
import { isTaken } from "./capture.ts";
import { unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { factOf } from "./facts.ts";
import { bookRefund } from "./ledger.ts";
import { moved } from "./payment.ts";
import type { Payment, Refund } from "./payment.ts";
import { transaction } from "./transaction.ts";

/** What the provider said of a refund. */
export type RefundOutcome = { readonly status: "refunded" } | { readonly status: "refused"; readonly reason: string };

export interface RefundOrder {
	readonly id: string;
	/** In major units; undefined for all that is left. */
	readonly amount: number | undefined;
	readonly reason: string;
	readonly operationKey: string | null;
}

/**
 * What can still be given back: refunds under way count as given. They may exceed the rest, when staff have given some
 * of it back at the provider meanwhile.
 */
export function refundableCents({ amountCents, refundedCents, pendingRefunds }: Payment): number {
	const restCents = pendingRefunds.reduce((rest, refund) => rest - refund.amountCents, amountCents - refundedCents);
	return Math.max(0, restCents);
}

/**
 * Begins a refund: stored with its provider key before the provider hears of it.
 *
 * @throws PaymentNotRefundable, RefundTooLarge, ValidationFailed when the amount has too many decimals
 */
export function beginRefund(payment: Payment, { amount, ...order }: RefundOrder): Decision {
	const amountCents = amount === undefined ? refundableCents(payment) : centsOf(amount, payment.currency);
	return beginPart(payment, { ...order, amountCents, key: `${order.id}:refund` });
}

/**
 * Begins a refund of an exact amount.
 *
 * @throws PaymentNotRefundable, RefundTooLarge
 */
export function beginPart(payment: Payment, part: Refund): Decision {
	if (!isTaken(payment) || payment.status === "refunded") throw new PaymentNotRefundable({ status: payment.status });

	const refundable = refundableCents(payment);
	if (part.amountCents === 0 || part.amountCents > refundable) {
		const { currency } = payment;
		throw new RefundTooLarge({ refundable: fromMinor(refundable, currency), currency });
	}
	return begun(payment, part);
}

/**
 * Begins a refund that was promised to a customer: what another refund may yet leave over is waited for.
 *
 * @throws PaymentNotRefundable, RefundTooLarge, PaymentOutcomeUnknown when a refund under way decides whether it fits
 */
export function beginPromised(payment: Payment, part: Refund): Decision {
	const isUndecided = payment.pendingRefunds.length > 0 && part.amountCents > refundableCents(payment);
	if (isUndecided) throw new PaymentOutcomeUnknown();
	return beginPart(payment, part);
}

/** Begins to give back whatever is left; decides nothing while the rest is under way already. */
export function beginRefundOfRest(payment: Payment, id: string, reason: string): Decision {
	if (payment.amountCents === 0 && payment.status === "captured") {
		return unchanged(moved(payment, { status: "refunded" }));
	}
	if (!isTaken(payment) || refundableCents(payment) === 0) return unchanged(payment);
	return beginRefund(payment, { id, amount: undefined, reason, operationKey: null });
}

/** Records the provider's answer to a refund; a refund that is not pending was recorded before. */
export function recordRefund(payment: Payment, refundId: string, outcome: RefundOutcome, now: Date): Decision {
	const refund = payment.pendingRefunds.find(({ id }) => id === refundId);
	if (refund === undefined) return unchanged(payment);

	const pendingRefunds = payment.pendingRefunds.filter(({ id }) => id !== refundId);
	if (outcome.status === "refused") {
		const refused = { ...refund, status: "refused", refusal: outcome.reason } as const;
		const history = [transaction("refund_refused", moneyOf(payment, refund), outcome.reason, refundId)];
		return { ...unchanged(moved(payment, { pendingRefunds })), refunds: [refused], history };
	}
	return given(moved(payment, { pendingRefunds }), refund, now);
}

/**
 * Books what was given back at the provider and not here: by its staff, or by a lost dispute. It happened, so it is not
 * refused; what would exceed the capture (a refund, and then the dispute lost as well) is left to the reconciliation.
 */
export function recordForeignRefund(payment: Payment, refund: Refund, now: Date): Decision {
	const leftCents = payment.amountCents - payment.refundedCents;
	if (!isTaken(payment) || leftCents === 0) return unchanged(payment);
	return given(moved(payment, {}), { ...refund, amountCents: Math.min(refund.amountCents, leftCents) }, now);
}

/** @param payment the next state but for this refund */
function given(payment: Payment, refund: Refund, now: Date): Decision {
	const { id, amountCents, reason } = refund;
	const money = moneyOf(payment, refund);
	const refundedCents = payment.refundedCents + amountCents;
	const status = refundedCents === payment.amountCents ? "refunded" : "partially_refunded";
	const state = { ...payment, refundedCents, status } as const;
	return {
		state,
		events: [PaymentRefunded.of(factOf(state, amountCents, now, reason))],
		transfers: bookRefund(money, id),
		refunds: [{ ...refund, status: "done" }],
		history: [transaction("refunded", money, reason, id)],
	};
}

const moneyOf = ({ currency }: Payment, { amountCents }: Refund) => ({ amountCents, currency });

function begun(payment: Payment, refund: Refund): Decision {
	const state = moved(payment, { pendingRefunds: [...payment.pendingRefunds, refund] });
	return { ...unchanged(state), refunds: [{ ...refund, status: "pending" }] };
}

function centsOf(amount: number, currency: string): number {
	if (fitsCurrency(amount, currency)) return toMinor(amount, currency);
	const message = `${currency} has at most ${decimalsOf(currency)} decimals`;
	throw new ValidationFailed({ errors: [{ path: "amount", message }] });
}
