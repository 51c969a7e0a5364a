import type { Context } from "moleculer";
import { claim, complete, operationOf, replay, replayOf } from "../../../mixins/operations.ts";
import type { KeyedOperation } from "../../../mixins/operations.ts";
import type { NewSaga } from "../../../mixins/saga/saga.ts";
import type { Queryable, Transaction } from "../../../mixins/sql/database.ts";
import type { Meta } from "../../contracts/meta.ts";
import type { Decision } from "../domain/decision.ts";
import type { Order } from "../domain/order.ts";
import type { Orders } from "../orders.context.ts";
import type { OrderMemory } from "../sagas/checkout-data.ts";
import { within } from "../sagas/within.ts";
import { linkAnswer } from "../storage/privacy.queries.ts";

type Memory = Partial<OrderMemory>;
type Command = Context<unknown, Meta>;

/** A change of an order that may have to be settled with products and payments. */
export interface Settling<View> {
	readonly rule: (order: Order) => Decision;
	/** In the caller's words. */
	readonly reason?: { readonly text: string; readonly returnId?: string } | undefined;
	/** The saga that gives back what the change lets go; it commits with it. */
	readonly sagaOf: (decision: Decision, operationKey: string | null) => NewSaga | undefined;
	/** What the answer shows beyond the order. */
	readonly recall: (tx: Queryable) => Promise<Memory>;
	readonly viewOf: (order: Order, memory: Memory) => View;
	readonly versionOf: (order: Order) => number;
}

/** What committed: the saga stores the answer of the operation, and where none started it is stored already. */
interface Begun {
	readonly order: Order;
	readonly memory: Memory;
	readonly saga: NewSaga | undefined;
}

/** The answer follows the saga, or tells of the changed order when that takes too long. */
export async function settle<View>(orders: Orders, ctx: Command, id: string, settling: Settling<View>): Promise<View> {
	const operation = operationOf(ctx);
	const begun = await orders.db.transaction(async (tx) => {
		if (operation !== undefined && !(await claim(tx, operation))) return { stored: await replayOf(tx, operation) };
		return begin(orders, ctx, tx, id, settling);
	});
	if ("stored" in begun) return replay(ctx, begun.stored);

	const order = begun.saga === undefined ? begun.order : await driven(orders, begun, begun.saga);
	ctx.meta.$version = settling.versionOf(order);
	const view = settling.viewOf(order, begun.memory);
	return begun.saga === undefined || operation === undefined ? view : answered(orders, operation, view);
}

async function begin<View>(
	orders: Orders,
	ctx: Command,
	tx: Transaction,
	id: string,
	{ rule, reason, sagaOf, recall, viewOf }: Settling<View>,
): Promise<Begun> {
	const operation = operationOf(ctx);
	let saga: NewSaga | undefined;
	const order = await orders.changeIn(tx, ctx, id, rule, (decision) => {
		if (decision.facts.length === 0) return undefined;
		saga = sagaOf(decision, operation?.key ?? null);
		return { reason, ...(saga && { start: { saga, owner: orders.broker.nodeID } }) };
	});
	const memory = await recall(tx);
	if (saga === undefined && operation !== undefined) await answer(tx, operation, id, viewOf(order, memory));
	return { order, memory, saga };
}

async function answer(tx: Queryable, { key }: KeyedOperation, orderId: string, view: unknown): Promise<void> {
	await complete(tx, key, 200, JSON.stringify(view));
	await linkAnswer(tx, key, orderId);
}

/** The order once its stock and money are back, or as it was changed when that takes too long. */
async function driven(orders: Orders, { order, memory: known }: Begun, saga: NewSaga): Promise<Order> {
	const memory: Memory = Object.assign(known, { order });
	await within(orders, orders.config.answerWithinMs, orders.runSaga(saga, memory));
	return memory.order ?? order;
}

/** Keeps the answer for a repeated request; the saga may have stored the same one already. */
async function answered<View>(orders: Orders, operation: KeyedOperation, view: View): Promise<View> {
	await complete(orders.db, operation.key, 200, JSON.stringify(view));
	const { body } = await replayOf(orders.db, operation);
	return JSON.parse(body) as View;
}
