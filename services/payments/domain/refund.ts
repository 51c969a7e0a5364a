import { ValidationFailed } from "../../contracts/errors.ts";
import { decimalsOf, fitsCurrency, fromMinor, toMinor } from "../../contracts/money.ts";
import { PaymentNotRefundable, PaymentRefunded, RefundTooLarge } from "../../contracts/payments.ts";
import { isTaken } from "./capture.ts";
import { unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { factOf } from "./facts.ts";
import { bookRefund } from "./ledger.ts";
import { moved } from "./payment.ts";
import type { Payment, Refund } from "./payment.ts";

/** What the provider said of a refund. */
export type RefundOutcome = { readonly status: "refunded" } | { readonly status: "refused"; readonly reason: string };

export interface RefundOrder {
	readonly id: string;
	/** In major units; undefined for all that is left. */
	readonly amount: number | undefined;
	readonly reason: string;
	readonly operationKey: string | null;
}

/** What can still be given back: refunds under way count as given. */
export function refundableCents({ amountCents, refundedCents, pendingRefunds }: Payment): number {
	return pendingRefunds.reduce((rest, refund) => rest - refund.amountCents, amountCents - refundedCents);
}

/**
 * Begins a refund: stored with its provider key before the provider hears of it.
 *
 * @throws PaymentNotRefundable, RefundTooLarge, ValidationFailed when the amount has too many decimals
 */
export function beginRefund(payment: Payment, { amount, ...order }: RefundOrder): Decision {
	if (!isTaken(payment) || payment.status === "refunded") throw new PaymentNotRefundable({ status: payment.status });

	const refundable = refundableCents(payment);
	const amountCents = amount === undefined ? refundable : centsOf(amount, payment.currency);
	if (amountCents === 0 || amountCents > refundable) {
		const { currency } = payment;
		throw new RefundTooLarge({ refundable: fromMinor(refundable, currency), currency });
	}
	return begun(payment, { ...order, amountCents, key: `${order.id}:refund` });
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
		return { ...unchanged(moved(payment, { pendingRefunds })), refunds: [{ ...refund, status: "refused" }] };
	}
	const { id, amountCents, reason } = refund;
	const refundedCents = payment.refundedCents + amountCents;
	const status = refundedCents === payment.amountCents ? "refunded" : "partially_refunded";
	const state = moved(payment, { pendingRefunds, refundedCents, status });
	return {
		state,
		events: [PaymentRefunded.of(factOf(state, amountCents, now, reason))],
		transfers: bookRefund({ amountCents, currency: payment.currency }, id),
		refunds: [{ ...refund, status: "done" }],
	};
}

function begun(payment: Payment, refund: Refund): Decision {
	const state = moved(payment, { pendingRefunds: [...payment.pendingRefunds, refund] });
	return { ...unchanged(state), refunds: [{ ...refund, status: "pending" }] };
}

function centsOf(amount: number, currency: string): number {
	if (fitsCurrency(amount, currency)) return toMinor(amount, currency);
	const message = `${currency} has at most ${decimalsOf(currency)} decimals`;
	throw new ValidationFailed({ errors: [{ path: "amount", message }] });
}
