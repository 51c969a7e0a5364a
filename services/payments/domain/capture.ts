import { PaymentCaptured, PaymentNotCapturable } from "../../contracts/payments.ts";
import type { PaymentStatus } from "../../contracts/payments.ts";
import { unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { factOf } from "./facts.ts";
import { bookCapture } from "./ledger.ts";
import { moved } from "./payment.ts";
import type { Payment } from "./payment.ts";
import { transaction } from "./transaction.ts";

const TAKEN: ReadonlySet<PaymentStatus> = new Set(["captured", "partially_refunded", "refunded"]);

export const isTaken = ({ status }: Pick<Payment, "status">): boolean => TAKEN.has(status);

/** A payment whose money is held at the provider, where `reference` names the hold. */
export type Held = Payment & { readonly reference: string };

/** @throws PaymentNotCapturable when nothing is held */
export function requireHeld(payment: Payment): asserts payment is Held {
	if (payment.status !== "authorized" || payment.reference === null) {
		throw new PaymentNotCapturable({ status: payment.status });
	}
}

/** Records that the provider has taken the money. Capturing twice is one capture. */
export function recordCapture(payment: Payment, now: Date): Decision {
	if (isTaken(payment)) return unchanged(payment);
	requireHeld(payment);

	const state = moved(payment, { status: "captured" });
	const events = [PaymentCaptured.of(factOf(state, state.amountCents, now))];
	return { ...unchanged(state), events, transfers: bookCapture(state), history: [transaction("captured", state)] };
}
