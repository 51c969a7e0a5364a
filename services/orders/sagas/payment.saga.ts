import { saga } from "../../../mixins/saga/saga.ts";
import { PaymentUnresolved } from "../../contracts/orders.ts";
import { GetPayment } from "../../contracts/payments.ts";
import type { Refusal } from "../../contracts/problem.ts";
import type { Order } from "../domain/order.ts";
import { failPayment, recordCapture } from "../domain/pay.ts";
import type { Orders } from "../orders.context.ts";
import { answerOf, refusedAnswer } from "./answers.ts";
import { ask, causeOf } from "./ask.ts";
import type { CheckoutData, OrderSaga } from "./checkout-data.ts";
import type { OrderSagaDefinition } from "./checkout.saga.ts";
import {
	authorizePayment,
	capturePayment,
	commitStock,
	confirmOrder,
	reserveStock,
	restoreStock,
	reversePayment,
} from "./steps.ts";

/**
 * Pays a pending order whose stock is held. When the payment is refused the order stays pending
 * with its hold, so that the customer can try another method.
 */
export const payment: OrderSagaDefinition = saga({
	type: "payment",
	steps: [
		{ name: "extend the hold", run: reserveStock },
		{ name: "authorize payment", run: authorizePayment, undo: reversePayment },
		{ name: "commit stock", run: commitStock },
		{ name: "confirm order", run: confirmOrder },
		{ name: "capture payment", run: capturePayment },
		{ name: "record capture", run: answerPaid },
	],
	refused: answerFailed,
	overdue: ({ subjectId }) => new PaymentUnresolved({ orderId: subjectId }),
});

async function answerPaid(this: Orders, run: OrderSaga<CheckoutData>) {
	const at = this.now().toISOString();
	run.memory.payment = await paymentOf(this, run);
	const rule = (order: Order) => recordCapture(order, run.data.paymentId, at);
	run.memory.order = await this.change(causeOf(run), run.subjectId, rule, {
		from: run.memory.order,
		rider: {
			saga: { id: run.id, fence: run.fence, next: "done" },
			answer: answerOf(run, 201, run.memory.payment),
		},
	});
	run.state = "done";
}

/** The payment as its owner sees it. */
export function paymentOf(orders: Orders, run: OrderSaga<CheckoutData>) {
	const principal = { userId: run.data.userId, role: "customer", sessionId: run.id } as const;
	return ask(orders, run, GetPayment, { id: run.data.paymentId }, { principal });
}

async function answerFailed(this: Orders, run: OrderSaga<CheckoutData>, refusal: Refusal) {
	const at = this.now().toISOString();
	const { paymentId } = run.data;
	const rule = (order: Order) => failPayment(order, paymentId, refusal.type, at);
	const order = await this.change(causeOf(run), run.subjectId, rule, {
		rider: { saga: { id: run.id, fence: run.fence, next: null }, answer: refusedAnswer(run, refusal) },
	});
	if (order.status === "cancelled") await restoreStock.call(this, run);
}
