import type { Ctx } from "../../../mixins/define-service.ts";
import { operationOf, replay, replayOf } from "../../../mixins/operations.ts";
import type { KeyedOperation } from "../../../mixins/operations.ts";
import type { NewSaga } from "../../../mixins/saga/saga.ts";
import { call } from "../../contracts/action.ts";
import type { Order, PlaceOrder } from "../../contracts/orders.ts";
import { QuoteProducts } from "../../contracts/products.ts";
import { place } from "../domain/place.ts";
import type { Order as OrderState } from "../domain/order.ts";
import { viewOf } from "../order.view.ts";
import type { Orders } from "../orders.context.ts";
import type { CheckoutData, HoldData, OrderMemory } from "../sagas/checkout-data.ts";
import { within } from "../sagas/within.ts";
import { answerLater, refuse } from "./answer.ts";

type PlaceCtx = Ctx<typeof PlaceOrder>;

/**
 * Places an order at today's prices and drives its checkout: 201 when it is captured, or held without a payment
 * method; 202 when that takes too long. The order, its saga and the claim on its key commit in one statement.
 */
export async function placeOrder(this: Orders, ctx: PlaceCtx): Promise<Order> {
	const { items, paymentMethod } = ctx.params;
	const operation = operationOf(ctx);
	const userId = ctx.meta.principal!.userId;
	const quote = await call(ctx, QuoteProducts, { productIds: [...new Set(items.map(({ productId }) => productId))] });

	const paymentId = paymentMethod === undefined ? null : this.newId();
	const decision = place(this.newId(), { userId, items, paymentId }, quote, this.now().toISOString());
	const saga = sagaFor(this, ctx, decision.state, operation);
	const addresses = addressesOf(ctx);

	const rider = { start: { saga, owner: this.broker.nodeID }, placed: { operation, ...addresses } };
	if (!(await this.create(ctx, decision, rider))) return replay(ctx, await replayOf(this.db, operation!));

	const memory: Partial<OrderMemory> = { order: decision.state, addresses };
	const outcome = await within(this, this.config.answerWithinMs, this.runSaga(saga, memory));
	if (outcome.kind === "refused") throw refuse(outcome.refusal, saga.subjectId);

	const view = viewOf(memory.order ?? decision.state, addresses);
	if (outcome.kind === "done" || memory.isHeld === true) return versioned(ctx, memory.order ?? decision.state, view);
	return answerLater(this, ctx, operation, view);
}

function versioned(ctx: PlaceCtx, { version }: OrderState, view: Order): Order {
	ctx.meta.$version = version;
	return view;
}

function addressesOf({ params: { shippingAddress, billingAddress } }: PlaceCtx) {
	return { shipping: shippingAddress, billing: billingAddress ?? shippingAddress };
}

function sagaFor(orders: Orders, ctx: PlaceCtx, order: OrderState, operation: KeyedOperation | undefined): NewSaga {
	const nowMs = orders.now().getTime();
	const { holdMs, checkoutDeadlineMs } = orders.config;
	const common = { id: orders.newId(), subjectId: order.id, correlationId: ctx.requestID };
	const held: HoldData = {
		userId: order.userId,
		operationKey: operation?.key ?? null,
		lines: order.lines.map(({ productId, quantity }) => ({ productId, quantity })),
		holdUntil: new Date(nowMs + holdMs).toISOString(),
	};
	if (order.paymentId === null) return { ...common, type: "hold", data: held, deadlineMs: null };

	const data = checkoutOf(held, order, order.paymentId, ctx.params.paymentMethod!);
	return { ...common, type: "checkout", data, deadlineMs: nowMs + checkoutDeadlineMs };
}

export function checkoutOf(held: HoldData, order: OrderState, paymentId: string, method: string): CheckoutData {
	return { ...held, paymentId, method, amountCents: order.totalCents, currency: order.currency };
}
