import type { Context } from "moleculer";
import type { Ctx } from "../../../mixins/define-service.ts";
import type { Meta } from "../../contracts/meta.ts";
import type { AcceptReturn, RefuseReturn, Return } from "../../contracts/returns.ts";
import type { Order } from "../domain/order.ts";
import { acceptReturn as accept, refuseReturn as refuse, returnOf } from "../domain/return.ts";
import type { Orders } from "../orders.context.ts";
import { returnViewOf } from "../return.view.ts";
import { returning } from "../sagas/return.saga.ts";
import { findReturnReasons } from "../storage/return.queries.ts";
import { settle } from "./settle.ts";
import type { Settling } from "./settle.ts";

/** Takes the units back and gives their price back; what happens between is finished whatever comes. */
export function acceptReturn(this: Orders, ctx: Ctx<typeof AcceptReturn>): Promise<Return> {
	const { returnId, restock } = ctx.params;
	const at = this.now().toISOString();
	const ids = { id: this.newId(), correlationId: ctx.requestID };
	return decide(this, ctx, ctx.params, {
		rule: (order) => accept(order, returnId, restock, at),
		sagaOf: ({ state }, operationKey) =>
			returning(ids, state, returnOf(state, returnId), { operationKey, shows: "return" }),
	});
}

/** Leaves the units with the customer, and tells him why. */
export function refuseReturn(this: Orders, ctx: Ctx<typeof RefuseReturn>): Promise<Return> {
	const { returnId, reason: text } = ctx.params;
	const at = this.now().toISOString();
	return decide(this, ctx, ctx.params, {
		rule: (order) => refuse(order, returnId, at),
		reason: { text, returnId },
		sagaOf: () => undefined,
	});
}

interface Decided {
	readonly id: string;
	readonly returnId: string;
}

function decide(
	orders: Orders,
	ctx: Context<unknown, Meta>,
	{ id, returnId }: Decided,
	decision: Pick<Settling<Return>, "rule" | "reason" | "sagaOf">,
): Promise<Return> {
	return settle(orders, ctx, id, {
		...decision,
		recall: async (tx) => ({ reasons: await findReturnReasons(tx, id) }),
		viewOf: (order: Order, { reasons = [] }) => returnViewOf(order, returnOf(order, returnId), reasons),
		versionOf: (order) => returnOf(order, returnId).version,
	});
}
