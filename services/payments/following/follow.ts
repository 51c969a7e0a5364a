import type { Cause } from "../../../mixins/events/outbox.ts";
import { recordCapture } from "../domain/capture.ts";
import type { Decision } from "../domain/decision.ts";
import { hasEnded } from "../domain/late.ts";
import type { Payment } from "../domain/payment.ts";
import type { SeenPayment } from "../domain/seen.ts";
import { recordVoid } from "../domain/void.ts";
import type { Payments } from "../payments.context.ts";
import { settleAuthorization } from "../settlement/settle-authorization.ts";
import { bookReturns } from "./book-returns.ts";
import { giveBackLate, recordLate, release } from "./late.ts";

/**
 * Brings a payment to where its provider has it, by the same rules that its steps go through: so it does not matter
 * whether the step or the provider's event comes first, or how often.
 *
 * What ended here stays ended: money that turns up for it later goes back.
 */
export async function follow(service: Payments, cause: Cause, payment: Payment, seen: SeenPayment): Promise<void> {
	if (payment.status === "pending") return followBegun(service, cause, payment, seen);
	const isOther = payment.reference !== null && payment.reference !== seen.reference;
	if (isOther || (hasEnded(payment) && seen.status === "held")) return release(service, cause, payment, seen);

	const current = await followMoney(service, cause, payment, seen);
	await bookReturns(service, cause, current, seen);
	if (current.isLate) await giveBackLate(service, cause, current);
}

/** The step is sent again under its key: its first answer is the answer, and what was seen is only that it came. */
async function followBegun(service: Payments, cause: Cause, payment: Payment, seen: SeenPayment): Promise<void> {
	if (seen.status === "open") return;
	const settled = await settleAuthorization(service, cause, payment);
	if (settled.status !== "pending") await follow(service, cause, settled, seen);
}

/** Records that what was held was taken, or let go. */
async function followMoney(service: Payments, cause: Cause, payment: Payment, seen: SeenPayment): Promise<Payment> {
	const change = (rule: (current: Payment) => Decision) => service.change(cause, payment.id, rule, { from: payment });
	if (payment.status === "authorized" && seen.status === "voided") return change(recordVoid);
	if (seen.status !== "captured") return payment;
	if (hasEnded(payment)) return recordLate(service, cause, payment, seen);
	return payment.status === "authorized" ? change((current) => recordCapture(current, service.now())) : payment;
}
