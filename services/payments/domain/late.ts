import { PaymentCaptured } from "../../contracts/payments.ts";
import { unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { factOf } from "./facts.ts";
import { NO_CURRENCY } from "./intent.ts";
import { bookCapture } from "./ledger.ts";
import { moved } from "./payment.ts";
import type { Payment, Refund } from "./payment.ts";
import { returnedCents } from "./seen.ts";
import type { SeenPayment } from "./seen.ts";
import { transaction } from "./transaction.ts";

/** Why money of a payment that had ended goes back. */
export const LATE = "late payment";

/** A payment that ended without money; what becomes of it at the provider afterwards is late. */
export const hasEnded = ({ status }: Payment): boolean => status === "voided" || status === "failed";

/**
 * Records that money was taken although the payment had ended, and begins to give all of it back, in one commit.
 *
 * Why not pay the order with it after all: its customer was told that it ended, its stock may be promised to somebody
 * else, and he may have paid for another one since. A refund is right in each of these cases.
 */
export function recordLateCapture(payment: Payment, seen: SeenPayment, refundId: string, now: Date): Decision {
	if (!hasEnded(payment)) return unchanged(payment);
	const { reference, amountCents } = seen;
	const terms = { amountCents, currency: currencyOf(payment, seen), method: payment.method ?? seen.method ?? "" };
	const rest = restOf(seen, refundId);
	const state = moved(payment, { ...terms, reference, status: "captured", isLate: true, pendingRefunds: rest });
	return {
		state,
		events: [PaymentCaptured.of(factOf(state, amountCents, now, LATE))],
		transfers: bookCapture(state),
		refunds: rest.map((refund) => ({ ...refund, status: "pending" })),
		history: [transaction("captured", state, LATE)],
	};
}

/** Records that a hold was let go which the provider gave after the payment had ended. */
export function recordRelease(payment: Payment, seen: SeenPayment): Decision {
	const money = { amountCents: seen.amountCents, currency: currencyOf(payment, seen) };
	return { ...unchanged(moved(payment, {})), history: [transaction("released", money, LATE)] };
}

function restOf(seen: SeenPayment, id: string): Refund[] {
	const amountCents = seen.amountCents - returnedCents(seen);
	return amountCents > 0 ? [{ id, amountCents, key: `${id}:refund`, reason: LATE, operationKey: null }] : [];
}

/** A payment that was undone before it began knows no currency. */
const currencyOf = ({ currency }: Payment, seen: SeenPayment): string =>
	currency === NO_CURRENCY ? (seen.currency ?? currency) : currency;
