import { PaymentDeclined, PaymentEnded, PaymentFailed } from "../../contracts/payments.ts";
import { unchanged } from "./decision.ts";
import type { Decision } from "./decision.ts";
import { factOf } from "./facts.ts";
import { moved } from "./payment.ts";
import type { Payment } from "./payment.ts";
import { transaction } from "./transaction.ts";

/** What the provider said of a hold. */
export type Authorization =
	| { readonly status: "authorized"; readonly reference: string }
	| { readonly status: "declined"; readonly reason: string };

/** Only a pending payment has an open question; for any other the answer was recorded before. */
export function recordAuthorization(payment: Payment, outcome: Authorization, now: Date): Decision {
	if (payment.status !== "pending") return unchanged(payment);
	if (outcome.status === "authorized") {
		const state = moved(payment, { status: "authorized", reference: outcome.reference });
		return { ...unchanged(state), history: [transaction("authorized", state)] };
	}

	const state = moved(payment, { status: "failed", declineReason: outcome.reason });
	const events = [PaymentFailed.of(factOf(state, state.amountCents, now, outcome.reason))];
	return { ...unchanged(state), events, history: [transaction("declined", state, outcome.reason)] };
}

/**
 * The stored answer of an authorize step, the same however often it is asked.
 *
 * @throws PaymentDeclined with the stored reason, PaymentEnded when it was undone meanwhile, or was taken late and goes back
 */
export function requireAuthorized({ status, declineReason, isLate }: Payment): void {
	if (status === "failed") throw new PaymentDeclined({ reason: declineReason ?? "declined" });
	if (isLate || status === "voided") throw new PaymentEnded();
}
