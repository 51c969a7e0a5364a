import type { Ctx } from "../../../mixins/define-service.ts";
import { claim, operationOf, replay, replayOf } from "../../../mixins/operations.ts";
import type { NewSaga } from "../../../mixins/saga/saga.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { PayOrder } from "../../contracts/orders.ts";
import type { Payment } from "../../contracts/payments.ts";
import { ServiceUnavailable } from "../../contracts/platform.ts";
import { ownedBy } from "../domain/access.ts";
import type { Order } from "../domain/order.ts";
import { startPayment } from "../domain/pay.ts";
import type { Orders } from "../orders.context.ts";
import { checkoutOf, holdOf } from "../sagas/checkout-data.ts";
import type { CheckoutData, OrderMemory } from "../sagas/checkout-data.ts";
import { within } from "../sagas/within.ts";
import { refuse } from "./answer.ts";

type PayCtx = Ctx<typeof PayOrder>;

/** Pays a pending order: 201 when it is captured and confirmed; a refused payment leaves it pending. */
export async function payOrder(this: Orders, ctx: PayCtx): Promise<Payment> {
	const operation = operationOf(ctx);
	const paymentId = this.newId();
	const rule = startFor(this, ctx, paymentId);
	const sagaOf = sagaFor(this, ctx, paymentId, operation?.key ?? null);

	const begun = await this.db.transaction(async (tx) => {
		if (operation !== undefined && !(await claim(tx, operation))) return { stored: await replayOf(tx, operation) };
		const order = await this.changeIn(tx, ctx, ctx.params.orderId, rule, ({ state }) => ({
			start: { saga: sagaOf(state), owner: this.broker.nodeID },
		}));
		return { order };
	});
	if (begun.stored !== undefined) return replay(ctx, begun.stored);

	const memory: Partial<OrderMemory> = { order: begun.order };
	const running = this.runSaga(sagaOf(begun.order), memory);
	const outcome = await within(this, this.config.answerWithinMs, running);
	if (outcome.kind === "refused") throw refuse(outcome.refusal, begun.order.id);
	if (outcome.kind === "waiting" || memory.payment === undefined)
		throw new ServiceUnavailable({ retryAfterSeconds: 2 });
	return memory.payment;
}

function startFor(orders: Orders, { meta }: PayCtx, paymentId: string) {
	const at = orders.now().toISOString();
	const ownerId = ownerScope(meta.principal);
	return (order: Order) => startPayment(ownedBy(order, ownerId), paymentId, at);
}

function sagaFor(orders: Orders, ctx: PayCtx, paymentId: string, operationKey: string | null) {
	const id = orders.newId();
	const nowMs = orders.now().getTime();
	const { holdMs, checkoutDeadlineMs } = orders.config;
	return (order: Order): NewSaga<CheckoutData> => ({
		id,
		type: "payment",
		subjectId: order.id,
		data: checkoutOf(holdOf(order, nowMs + holdMs, operationKey), order, paymentId, ctx.params.paymentMethod),
		deadlineMs: nowMs + checkoutDeadlineMs,
		correlationId: ctx.requestID,
	});
}
