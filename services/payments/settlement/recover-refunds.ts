import type { Payments } from "../payments.context.ts";
import { findPayment } from "../storage/payment.repository.ts";
import { takeDueRefunds } from "../storage/refunds.ts";
import type { DueRefund } from "../storage/refunds.ts";
import { settleRefund } from "./settle-refund.ts";

/** Finishes refunds that were begun and not answered; their Idempotency-Key then replays the answer. */
export async function recoverRefunds(service: Payments): Promise<void> {
	for (const due of await takeDueRefunds(service.db)) await recover(service, due);
}

async function recover(service: Payments, { id, paymentId }: DueRefund): Promise<void> {
	try {
		const payment = await findPayment(service.db, paymentId);
		const refund = payment.pendingRefunds.find((pending) => pending.id === id);
		if (refund !== undefined) await settleRefund(service, { id }, payment, refund);
	} catch (error) {
		service.logger.warn(`Refund ${id} of payment ${paymentId} is not settled:`, error);
	}
}
