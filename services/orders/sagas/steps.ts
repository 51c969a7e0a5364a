import { CommitStock, ReserveStock, RestoreStock } from "../../contracts/inventory.ts";
import { AuthorizePayment, CapturePayment, ReversePayment } from "../../contracts/payments.ts";
import type { Order } from "../domain/order.ts";
import { confirm } from "../domain/pay.ts";
import type { Orders } from "../orders.context.ts";
import { ask, causeOf } from "./ask.ts";
import type { CheckoutData, HoldData, OrderSaga } from "./checkout-data.ts";

export function reserveStock(this: Orders, saga: OrderSaga<HoldData>) {
	const { lines, holdUntil } = saga.data;
	return ask(this, saga, ReserveStock, {
		reservationId: saga.subjectId,
		orderId: saga.subjectId,
		lines: [...lines],
		expiresAt: holdUntil,
	});
}

export function restoreStock(this: Orders, saga: OrderSaga) {
	return ask(this, saga, RestoreStock, { reservationId: saga.subjectId });
}

export function authorizePayment(this: Orders, saga: OrderSaga<CheckoutData>) {
	const { paymentId, userId, amountCents, currency, method } = saga.data;
	return ask(this, saga, AuthorizePayment, {
		paymentId,
		orderId: saga.subjectId,
		userId,
		amountCents,
		currency,
		method,
	});
}

export function reversePayment(this: Orders, saga: OrderSaga<CheckoutData>) {
	const { paymentId, userId } = saga.data;
	const reason = saga.refusal?.type ?? "order undone";
	return ask(this, saga, ReversePayment, { paymentId, orderId: saga.subjectId, userId, reason });
}

export function commitStock(this: Orders, saga: OrderSaga) {
	return ask(this, saga, CommitStock, { reservationId: saga.subjectId });
}

/** The pivot: from here the order will be delivered, unless its capture is refused for good. */
export async function confirmOrder(this: Orders, saga: OrderSaga<CheckoutData>) {
	const at = this.now().toISOString();
	const rule = (order: Order) => confirm(order, saga.data.paymentId, at);
	saga.memory.order = await this.change(causeOf(saga), saga.subjectId, rule, {
		from: saga.memory.order,
		rider: { saga: { id: saga.id, fence: saga.fence, next: "committed" } },
	});
	saga.state = "committed";
}

export function capturePayment(this: Orders, saga: OrderSaga<CheckoutData>) {
	return ask(this, saga, CapturePayment, { paymentId: saga.data.paymentId });
}
