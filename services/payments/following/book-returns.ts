import type { Cause } from "../../../mixins/events/outbox.ts";
import type { Payment } from "../domain/payment.ts";
import { recordForeignRefund } from "../domain/refund.ts";
import type { SeenPayment, SeenReturn } from "../domain/seen.ts";
import type { Payments } from "../payments.context.ts";
import { settleRefund } from "../settlement/settle-refund.ts";
import { paymentRepository } from "../storage/payment.repository.ts";
import { isKnownRefund } from "../storage/refunds.ts";

/**
 * Books what the provider has given back: a refund of ours by its key, that of somebody else once by its own name. A
 * refund that fails at the bank days later is not taken out of the books again; it is told as a difference.
 */
export async function bookReturns(service: Payments, cause: Cause, payment: Payment, seen: SeenPayment): Promise<void> {
	for (const given of seen.returns) {
		if (given.status === "failed") continue;
		const ours = payment.pendingRefunds.find(({ key }) => key === given.key);
		if (ours === undefined) await bookForeign(service, cause, payment.id, given);
		else await settleRefund(service, cause, payment, ours);
	}
}

async function bookForeign(service: Payments, cause: Cause, paymentId: string, given: SeenReturn): Promise<void> {
	const { reference, amountCents, reason } = given;
	const key = given.key ?? `provider:${reference}`;
	if (await isKnownRefund(service.db, key)) return;

	const refund = { id: service.newId(), key, amountCents, reason, operationKey: null };
	await service.db.transaction(async (tx) => {
		// Asked again behind the lock: two events of one refund may be handled at once.
		await paymentRepository.lock(tx, paymentId);
		if (await isKnownRefund(tx, key)) return;
		await service.changeIn(tx, cause, paymentId, (current) => recordForeignRefund(current, refund, service.now()));
	});
}
