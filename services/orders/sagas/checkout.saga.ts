import { saga } from "../../../mixins/saga/saga.ts";
import type { SagaDefinition } from "../../../mixins/saga/saga.ts";
import { PaymentUnresolved } from "../../contracts/orders.ts";
import type { Refusal } from "../../contracts/problem.ts";
import type { Order } from "../domain/order.ts";
import { endCheckout, recordCapture } from "../domain/pay.ts";
import type { Orders } from "../orders.context.ts";
import { answerOf, orderViewer, refusedAnswer } from "./answers.ts";
import { causeOf } from "./ask.ts";
import type { CheckoutData, OrderMemory, OrderSaga } from "./checkout-data.ts";
import {
	authorizePayment,
	capturePayment,
	commitStock,
	confirmOrder,
	reserveStock,
	restoreStock,
	reversePayment,
} from "./steps.ts";

export type OrderSagaDefinition = SagaDefinition<Orders, CheckoutData, OrderMemory>;

/**
 * Stock first, then money, then the promise to the customer; the money is taken last. Undone in reverse.
 * Confirming is the pivot: after it only a definite refusal of the capture cancels the order.
 */
export const checkout: OrderSagaDefinition = saga({
	type: "checkout",
	steps: [
		{ name: "reserve stock", run: reserveStock, undo: restoreStock },
		{ name: "authorize payment", run: authorizePayment, undo: reversePayment },
		{ name: "commit stock", run: commitStock },
		{ name: "confirm order", run: confirmOrder },
		{ name: "capture payment", run: capturePayment },
		{ name: "record capture", run: answerCaptured },
	],
	refused: answerRejected,
	overdue: ({ subjectId }) => new PaymentUnresolved({ orderId: subjectId }),
});

async function answerCaptured(this: Orders, run: OrderSaga<CheckoutData>) {
	const at = this.now().toISOString();
	const view = await orderViewer(this, run);
	const rule = (order: Order) => recordCapture(order, run.data.paymentId, at);
	run.memory.order = await this.change(causeOf(run), run.subjectId, rule, {
		from: run.memory.order,
		rider: ({ state }) => ({
			saga: { id: run.id, fence: run.fence, next: "done" },
			answer: answerOf(run, 201, view(state)),
		}),
	});
	run.state = "done";
}

async function answerRejected(this: Orders, run: OrderSaga<CheckoutData>, refusal: Refusal) {
	const at = this.now().toISOString();
	const rule = (order: Order) => endCheckout(order, run.data.paymentId, refusal.type, at);
	run.memory.order = await this.change(causeOf(run), run.subjectId, rule, {
		from: run.memory.order,
		rider: { saga: { id: run.id, fence: run.fence, next: "done" }, answer: refusedAnswer(run, refusal) },
	});
	run.state = "done";
}
