import type { Received } from "../../../mixins/inbox.mixin.ts";
import type { Transaction } from "../../../mixins/sql/database.ts";
import { toMinor } from "../../contracts/money.ts";
import type { PaymentRefunded } from "../../contracts/payments.ts";
import { recordRefund } from "../domain/refund.ts";
import type { Orders } from "../orders.context.ts";

/** Keeps the order's payment status in step with refunds, those that staff made and those of its returns. */
export async function onPaymentRefunded(
	this: Orders,
	message: Received<typeof PaymentRefunded>,
	tx: Transaction,
): Promise<void> {
	const { orderId, paymentId, amount, currency, reason, timestamp } = message.data;
	const cause = { id: message.id, requestID: message.correlationId };
	const refund = { paymentId, amountCents: toMinor(amount, currency), reason };
	await this.changeIn(tx, cause, orderId, (order) => recordRefund(order, refund, timestamp));
}
