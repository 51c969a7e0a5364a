import type { Cause } from "../../../mixins/events/outbox.ts";
import { PaymentOutcomeUnknown } from "../../contracts/payments.ts";
import { LATE, recordLateCapture, recordRelease } from "../domain/late.ts";
import type { Payment } from "../domain/payment.ts";
import { beginRefundOfRest } from "../domain/refund.ts";
import { returnedCents } from "../domain/seen.ts";
import type { SeenPayment } from "../domain/seen.ts";
import type { Payments } from "../payments.context.ts";
import { settleRefund } from "../settlement/settle-refund.ts";

/**
 * Takes into the books what the provider took for a payment that had ended, together with the refund of all of it; the
 * refund recovery sends it when this process does not come to it.
 */
export async function recordLate(service: Payments, cause: Cause, payment: Payment, seen: SeenPayment) {
	const refundId = service.newId();
	const rule = (current: Payment) => recordLateCapture(current, seen, refundId, service.now());
	const late = await service.change(cause, payment.id, rule, { from: payment });
	service.logger.warn(`Payment ${payment.id} was captured after it had ended, and is given back.`);
	return late;
}

/**
 * Gives back what is left of a late payment. A refund that the provider refused is begun anew under another key, for as
 * long as the event that told of the payment is not handled: nobody else would ask for it.
 *
 * @throws RefundRefused, PaymentOutcomeUnknown
 */
export async function giveBackLate(service: Payments, cause: Cause, late: Payment): Promise<void> {
	const refundId = service.newId();
	const rule = (current: Payment) => beginRefundOfRest(current, refundId, LATE);
	const begun = await service.change(cause, late.id, rule, { from: late });
	for (const refund of begun.pendingRefunds) await settleRefund(service, cause, begun, refund);
}

/**
 * Lets go what the provider holds or has taken beside the payment: a hold that came after its end, or a second one of
 * the same payment. That was never in the books, so nothing but the payment's history tells of it.
 */
export async function release(service: Payments, cause: Cause, payment: Payment, seen: SeenPayment): Promise<void> {
	// Looked at again: the first look may be older than the void that ended the payment.
	const now = await service.provider.look(seen.reference);
	if (now === undefined || !(await letGo(service, payment, now))) return;
	await service.change(cause, payment.id, (current) => recordRelease(current, now), { from: payment });
	service.logger.warn(`A surplus hold of payment ${payment.id} was released at the provider.`);
}

/** @returns false when there was nothing to let go */
async function letGo(service: Payments, payment: Payment, seen: SeenPayment): Promise<boolean> {
	const { provider } = service;
	const { reference, status, amountCents, currency = payment.currency } = seen;
	const restCents = amountCents - returnedCents(seen);
	if (status === "captured" && restCents > 0) {
		// Another key each time, since one that was refused is refused for ever: all that is left is given back but once.
		const key = `${reference}:refund:${service.newId()}`;
		const refund = { key, reference, amountCents: restCents, currency };
		return requireDone((await provider.refund(refund)).status === "refunded");
	}
	if (status !== "held") return false;
	return requireDone((await provider.void({ key: `${reference}:release`, reference })).status === "voided");
}

/** It is another by now than it was when it was looked at: look again. */
function requireDone(isDone: boolean): true {
	if (!isDone) throw new PaymentOutcomeUnknown();
	return true;
}
