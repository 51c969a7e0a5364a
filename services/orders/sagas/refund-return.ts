import { v5 as uuidv5 } from "uuid";
import { toMinor } from "../../contracts/money.ts";
import { PaymentNotRefundable, RefundPart, RefundRefused, RefundTooLarge } from "../../contracts/payments.ts";
import type { Refusal } from "../../contracts/problem.ts";
import { refundReason } from "../domain/refund.ts";
import type { Orders } from "../orders.context.ts";
import { ask } from "./ask.ts";
import type { OrderSaga, ReturnData } from "./checkout-data.ts";

/** A provider that refused a refund so often will not think better of it. */
const MOST_REFUNDS = 10;

/**
 * Gives back the money of a return, or what staff has left of it meanwhile. A refund that the provider refused stays
 * refused under its id, so each round of this saga may begin one more, under the next id. One whose outcome is not known
 * is never passed over: it is asked for until it is known.
 */
export async function refundReturn(this: Orders, run: OrderSaga<ReturnData>): Promise<void> {
	run.memory.refundedCents = await refunded(this, run, run.data.amountCents, 0);
}

type Run = OrderSaga<ReturnData>;

async function refunded(orders: Orders, run: Run, amountCents: number, tried: number): Promise<number> {
	const { returnId, paymentId, currency } = run.data;
	if (amountCents === 0 || paymentId === null) return 0;

	const refundId = tried === 0 ? returnId : uuidv5(String(tried), returnId);
	try {
		const params = { refundId, paymentId, amountCents, reason: refundReason(returnId) };
		return (await ask(orders, run, RefundPart, params)).refundedCents;
	} catch (error) {
		const { type, data } = error as Refusal;
		if (type === RefundRefused.type && tried < Math.min(run.attempts, MOST_REFUNDS))
			return refunded(orders, run, amountCents, tried + 1);
		if (type === PaymentNotRefundable.type) return 0;
		if (type !== RefundTooLarge.type) throw error;
		return refunded(orders, run, toMinor(Number(data?.refundable), currency), tried);
	}
}
