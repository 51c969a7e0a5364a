import type { Context } from "moleculer";
import { claim, complete, operationOf, replay, replayOf } from "../../../mixins/operations.ts";
import type { KeyedOperation } from "../../../mixins/operations.ts";
import type { NewSaga } from "../../../mixins/saga/saga.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Meta } from "../../contracts/meta.ts";
import type { Order as OrderView } from "../../contracts/orders.ts";
import type { Decision } from "../domain/decision.ts";
import type { Order } from "../domain/order.ts";
import { viewOf } from "../order.view.ts";
import type { Orders } from "../orders.context.ts";
import type { OrderMemory, UnwindData } from "../sagas/checkout-data.ts";
import { unwinding } from "../sagas/unwind.saga.ts";
import { within } from "../sagas/within.ts";
import { findAddresses } from "../storage/order.queries.ts";
import type { Addresses } from "../storage/order.queries.ts";

type Rule = (order: Order) => Decision;

/** What committed: the saga stores the answer of the operation, and where none started it is stored already. */
interface Begun {
	readonly order: Order;
	readonly addresses: Addresses;
	readonly saga: NewSaga<UnwindData> | undefined;
}

/**
 * Changes an order's status. A change that ends the order starts, in the same transaction, the saga that gives back
 * its stock and money; the answer follows it, or tells of the ended order when that takes too long.
 */
export async function endOrder(
	orders: Orders,
	ctx: Context<unknown, Meta>,
	id: string,
	rule: Rule,
): Promise<OrderView> {
	const operation = operationOf(ctx);
	const begun = await orders.db.transaction(async (tx) => {
		if (operation !== undefined && !(await claim(tx, operation))) return { stored: await replayOf(tx, operation) };
		return begin(orders, ctx, tx, id, rule, operation);
	});
	if ("stored" in begun) return replay(ctx, begun.stored);

	orders.wakeRelay();
	const order = begun.saga === undefined ? begun.order : await unwound(orders, begun, begun.saga);
	ctx.meta.$version = order.version;
	const view = viewOf(order, begun.addresses);
	return begun.saga === undefined || operation === undefined ? view : answered(orders, operation, view);
}

async function begin(
	orders: Orders,
	ctx: Context<unknown, Meta>,
	tx: Queryable,
	id: string,
	rule: Rule,
	operation: KeyedOperation | undefined,
): Promise<Begun> {
	let saga: NewSaga<UnwindData> | undefined;
	const order = await orders.changeIn(tx, ctx, id, rule, ({ state, facts }) => {
		if (facts.length === 0 || !isEnded(state)) return undefined;
		saga = sagaFor(orders, ctx, state, operation?.key ?? null);
		return { start: { saga, owner: orders.broker.nodeID } };
	});
	const addresses = await findAddresses(tx, id);
	if (saga === undefined && operation !== undefined)
		await complete(tx, operation.key, 200, JSON.stringify(viewOf(order, addresses)));
	return { order, addresses, saga };
}

const isEnded = ({ status }: Order): boolean => status === "cancelled" || status === "returned";

function sagaFor(orders: Orders, ctx: Context<unknown, Meta>, order: Order, operationKey: string | null) {
	const { userId, paymentId, status } = order;
	return unwinding(
		orders.newId(),
		order,
		{ userId, paymentId, operationKey, reason: `order ${status}` },
		ctx.requestID,
	);
}

/** The order once its stock and money are back, or as it ended when that takes too long. */
async function unwound(orders: Orders, { order, addresses }: Begun, saga: NewSaga<UnwindData>): Promise<Order> {
	const memory: Partial<OrderMemory> = { order, addresses };
	await within(orders, orders.config.answerWithinMs, orders.runSaga(saga, memory));
	return memory.order ?? order;
}

/** Keeps the answer for a repeated request; the saga may have stored the same one already. */
async function answered(orders: Orders, operation: KeyedOperation, view: OrderView): Promise<OrderView> {
	await complete(orders.db, operation.key, 200, JSON.stringify(view));
	const { body } = await replayOf(orders.db, operation);
	return JSON.parse(body) as OrderView;
}
