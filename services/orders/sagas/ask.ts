import type { Cause } from "../../../mixins/events/outbox.ts";
import { call } from "../../contracts/action.ts";
import type { ActionContract, ResultOf, SentTo } from "../../contracts/action.ts";
import type { Meta } from "../../contracts/meta.ts";
import type { Orders } from "../orders.context.ts";
import type { OrderSaga } from "./checkout-data.ts";

/** Above the longest a payment provider is waited for and then asked. */
const STEP_TIMEOUT_MS = 15_000;

/** Calls a participant. A call that arrives after its time-out is refused there, since the step will be sent again. */
export function ask<C extends ActionContract>(
	orders: Orders,
	saga: OrderSaga,
	contract: C,
	params: SentTo<C>,
	meta: Meta = {},
): Promise<ResultOf<C>> {
	const operation = { deadlineMs: orders.now().getTime() + STEP_TIMEOUT_MS };
	const requestID = saga.correlationId === null ? {} : { requestID: saga.correlationId };
	return call(orders.broker, contract, params, {
		meta: { ...meta, operation },
		timeout: STEP_TIMEOUT_MS,
		...requestID,
	});
}

/** Facts of a saga follow from it. */
export const causeOf = (saga: OrderSaga): Cause => ({ id: saga.id, requestID: saga.correlationId });
