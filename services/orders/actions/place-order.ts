import type { Ctx } from "../../../mixins/define-service.ts";
import { operationOf, replay, replayOf } from "../../../mixins/operations.ts";
import type { KeyedOperation } from "../../../mixins/operations.ts";
import type { NewSaga } from "../../../mixins/saga/saga.ts";
import { call } from "../../contracts/action.ts";
import { Unauthenticated } from "../../contracts/errors.ts";
import type { Order, PlaceOrder } from "../../contracts/orders.ts";
import { QuoteProducts } from "../../contracts/products.ts";
import type { Decision } from "../domain/decision.ts";
import type { Order as OrderState } from "../domain/order.ts";
import { place } from "../domain/place.ts";
import { viewOf } from "../order.view.ts";
import type { Orders } from "../orders.context.ts";
import { checkoutOf, holdOf } from "../sagas/checkout-data.ts";
import type { OrderMemory } from "../sagas/checkout-data.ts";
import { within } from "../sagas/within.ts";
import { answeredBefore, answerLater, refuse } from "./answer.ts";

type PlaceCtx = Ctx<typeof PlaceOrder>;

/**
 * Places an order at today's prices and drives its checkout: 201 when it is captured, or held without a payment
 * method; 202 when that takes too long. The order, its saga and the claim on its key commit in one statement.
 */
export async function placeOrder(this: Orders, ctx: PlaceCtx): Promise<Order> {
	const operation = operationOf(ctx);
	const decision = await decided(this, ctx).catch((refusal: unknown) => answeredBefore(this, operation, refusal));
	if ("body" in decision) return replay(ctx, decision);

	const saga = sagaFor(this, ctx, decision.state, operation);
	const addresses = addressesOf(ctx);
	const rider = { start: { saga, owner: this.broker.nodeID }, placed: { operation, ...addresses } };
	const isRepeated = !(await this.create(ctx, decision, rider));
	if (isRepeated && operation !== undefined) return replay(ctx, await replayOf(this.db, operation));

	const memory: Partial<OrderMemory> = { order: decision.state, addresses };
	const outcome = await within(this, this.config.answerWithinMs, this.runSaga(saga, memory));
	if (outcome.kind === "refused") throw refuse(outcome.refusal, saga.subjectId);

	const order = memory.order ?? decision.state;
	const view = viewOf(order, addresses);
	if (outcome.kind === "done" || memory.isHeld === true) return versioned(ctx, order, view);
	return answerLater(this, ctx, operation, view);
}

async function decided(orders: Orders, ctx: PlaceCtx): Promise<Decision> {
	const { items, paymentMethod } = ctx.params;
	const { principal } = ctx.meta;
	if (principal === undefined) throw new Unauthenticated();

	const productIds = [...new Set(items.map(({ productId }) => productId))];
	const quote = await call(ctx, QuoteProducts, { productIds });
	const paymentId = paymentMethod === undefined ? null : orders.newId();
	const basket = { userId: principal.userId, items, paymentId };
	return place(orders.newId(), basket, quote, orders.now().toISOString());
}

function versioned(ctx: PlaceCtx, { version }: OrderState, view: Order): Order {
	ctx.meta.$version = version;
	return view;
}

function addressesOf({ params: { shippingAddress, billingAddress } }: PlaceCtx) {
	return { shipping: shippingAddress, billing: billingAddress ?? shippingAddress };
}

function sagaFor(orders: Orders, ctx: PlaceCtx, order: OrderState, operation: KeyedOperation | undefined): NewSaga {
	const { paymentMethod } = ctx.params;
	const nowMs = orders.now().getTime();
	const saga = { id: orders.newId(), subjectId: order.id, correlationId: ctx.requestID };
	const held = holdOf(order, nowMs + orders.config.holdMs, operation?.key ?? null);
	if (order.paymentId === null || paymentMethod === undefined)
		return { ...saga, type: "hold", data: held, deadlineMs: null };

	const data = checkoutOf(held, order, order.paymentId, paymentMethod);
	return { ...saga, type: "checkout", data, deadlineMs: nowMs + orders.config.checkoutDeadlineMs };
}
