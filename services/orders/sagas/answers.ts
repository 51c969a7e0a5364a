import { problemOf } from "../../contracts/problem.ts";
import type { Refusal } from "../../contracts/problem.ts";
import type { Order } from "../domain/order.ts";
import type { Orders } from "../orders.context.ts";
import { viewOf } from "../order.view.ts";
import { findAddresses } from "../storage/order.queries.ts";
import type { OrderSaga } from "./checkout-data.ts";

/** The stored answer of the operation behind a saga, when there is one. */
export function answerOf({ data: { operationKey } }: OrderSaga, status: number, body: unknown) {
	return operationKey === null ? undefined : { key: operationKey, status, body: JSON.stringify(body) };
}

/** The order as its client sees it. A resumed saga reads the addresses that the first run still knew. */
export async function orderViewer(orders: Orders, saga: OrderSaga) {
	const addresses = saga.memory.addresses ?? (await findAddresses(orders.db, saga.subjectId));
	return (order: Order) => viewOf(order, addresses);
}

/** A refusal names its order, so that the client can look at it. */
export const refusalOf = (saga: OrderSaga, refusal: Refusal): Refusal => ({
	...refusal,
	data: { ...refusal.data, orderId: saga.subjectId },
});

export function refusedAnswer(saga: OrderSaga, refusal: Refusal) {
	return answerOf(saga, refusal.code, problemOf(refusalOf(saga, refusal), saga.correlationId ?? saga.id));
}
