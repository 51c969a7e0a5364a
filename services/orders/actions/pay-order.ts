import type { Ctx } from "../../../mixins/define-service.ts";
import { claim, operationOf, replay, replayOf } from "../../../mixins/operations.ts";
import type { NewSaga } from "../../../mixins/saga/saga.ts";
import { ServiceBusy } from "../../contracts/errors.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { PayOrder } from "../../contracts/orders.ts";
import type { Payment } from "../../contracts/payments.ts";
import { ownedBy } from "../domain/access.ts";
import type { Order } from "../domain/order.ts";
import { startPayment } from "../domain/pay.ts";
import type { Orders } from "../orders.context.ts";
import type { CheckoutData, OrderMemory } from "../sagas/checkout-data.ts";
import { within } from "../sagas/within.ts";
import { refuse } from "./answer.ts";
import { checkoutOf } from "./place-order.ts";

type PayCtx = Ctx<typeof PayOrder>;

/** Pays a pending order: 201 when it is captured and confirmed; a refused payment leaves it pending. */
export async function payOrder(this: Orders, ctx: PayCtx): Promise<Payment> {
	const operation = operationOf(ctx);
	const begun = await this.db.transaction(async (tx) => {
		if (operation !== undefined && !(await claim(tx, operation))) return { stored: await replayOf(tx, operation) };

		let saga: NewSaga<CheckoutData> | undefined;
		const order = await this.changeIn(tx, ctx, ctx.params.orderId, startFor(this, ctx), ({ state }) => {
			saga = sagaFor(this, ctx, state, operation?.key ?? null);
			return { start: { saga, owner: this.broker.nodeID } };
		});
		return { saga: saga!, order };
	});
	if (begun.stored !== undefined) return replay(ctx, begun.stored);

	const memory: Partial<OrderMemory> = { order: begun.order };
	const outcome = await within(this, this.config.answerWithinMs, this.runSaga(begun.saga, memory));
	if (outcome.kind === "refused") throw refuse(outcome.refusal, begun.order.id);
	if (outcome.kind === "waiting" || memory.payment === undefined) throw new ServiceBusy({ retryAfterSeconds: 2 });
	return memory.payment;
}

function startFor(orders: Orders, { meta }: PayCtx) {
	const at = orders.now().toISOString();
	const paymentId = orders.newId();
	const ownerId = ownerScope(meta.principal);
	return (order: Order) => startPayment(ownedBy(order, ownerId), paymentId, at);
}

function sagaFor(orders: Orders, ctx: PayCtx, order: Order, operationKey: string | null): NewSaga<CheckoutData> {
	const nowMs = orders.now().getTime();
	const { holdMs, checkoutDeadlineMs } = orders.config;
	const held = {
		userId: order.userId,
		operationKey,
		lines: order.lines.map(({ productId, quantity }) => ({ productId, quantity })),
		holdUntil: new Date(nowMs + holdMs).toISOString(),
	};
	return {
		id: orders.newId(),
		type: "payment",
		subjectId: order.id,
		data: checkoutOf(held, order, order.paymentId!, ctx.params.paymentMethod),
		deadlineMs: nowMs + checkoutDeadlineMs,
		correlationId: ctx.requestID,
	};
}
