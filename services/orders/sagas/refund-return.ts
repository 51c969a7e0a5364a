import { toMinor } from "../../contracts/money.ts";
import { PaymentNotRefundable, RefundPart, RefundTooLarge } from "../../contracts/payments.ts";
import type { Refusal } from "../../contracts/problem.ts";
import { refundReason } from "../domain/refund.ts";
import type { Orders } from "../orders.context.ts";
import { ask } from "./ask.ts";
import type { OrderSaga, ReturnData } from "./checkout-data.ts";

/**
 * Gives back the money of a return, or what staff has left of it meanwhile. There is one refund, under the return's id,
 * however often it is asked for: payments begins it anew after a refusal, and never while its outcome is not known.
 */
export async function refundReturn(this: Orders, run: OrderSaga<ReturnData>): Promise<void> {
	run.memory.refundedCents = await refunded(this, run, run.data.amountCents);
}

type Run = OrderSaga<ReturnData>;

async function refunded(orders: Orders, run: Run, amountCents: number): Promise<number> {
	const { returnId, paymentId, currency } = run.data;
	if (amountCents === 0 || paymentId === null) return 0;

	try {
		const params = { refundId: returnId, paymentId, amountCents, reason: refundReason(returnId) };
		return (await ask(orders, run, RefundPart, params)).refundedCents;
	} catch (error) {
		const { type, data } = error as Refusal;
		if (type === PaymentNotRefundable.type) return 0;
		if (type !== RefundTooLarge.type) throw error;
		return refunded(orders, run, toMinor(Number(data?.refundable), currency));
	}
}
