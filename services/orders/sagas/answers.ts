import { problemOf } from "../../contracts/problem.ts";
import type { Refusal } from "../../contracts/problem.ts";
import type { Order } from "../domain/order.ts";
import type { Orders } from "../orders.context.ts";
import { viewOf } from "../order.view.ts";
import { findAddresses } from "../storage/order.queries.ts";
import { findReturnReasons } from "../storage/return.queries.ts";
import { returnViewOf } from "../return.view.ts";
import { returnOf } from "../domain/return.ts";
import type { OrderSaga, ReturnData } from "./checkout-data.ts";

/** The stored answer of the operation behind a saga, when there is one. */
export function answerOf({ data: { operationKey } }: OrderSaga, status: number, body: unknown) {
	return operationKey === null ? undefined : { key: operationKey, status, body: JSON.stringify(body) };
}

/** The order as its client sees it. A resumed saga reads the addresses that the first run still knew. */
export async function orderViewer(orders: Orders, saga: OrderSaga) {
	const addresses = saga.memory.addresses ?? (await findAddresses(orders.db, saga.subjectId));
	return (order: Order) => viewOf(order, addresses);
}

/** The return as its client sees it. */
export async function returnViewer(orders: Orders, { memory, data, subjectId }: OrderSaga<ReturnData>) {
	const reasons = memory.reasons ?? (await findReturnReasons(orders.db, subjectId));
	return (order: Order) => returnViewOf(order, returnOf(order, data.returnId), reasons);
}

/** The stored answer of a refusal. It names its order, so that the client can look at it. */
export function refusedAnswer(saga: OrderSaga, { type, code, message, data }: Refusal) {
	const refusal = { type, code, message, data: { ...data, orderId: saga.subjectId } };
	return answerOf(saga, code, problemOf(refusal, saga.correlationId ?? saga.id));
}
