import type { Context } from "moleculer";
import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { Meta } from "../../contracts/meta.ts";
import type { CancelOrder, Order as OrderView, SetOrderStatus } from "../../contracts/orders.ts";
import { expectVersion, ownedBy } from "../domain/access.ts";
import type { Decision } from "../domain/decision.ts";
import { cancel, move } from "../domain/move.ts";
import type { Order } from "../domain/order.ts";
import type { Orders } from "../orders.context.ts";
import { returning } from "../sagas/return.saga.ts";
import { unwinding } from "../sagas/unwind.saga.ts";
import { NOWHERE, viewOf } from "../order.view.ts";
import { findAddresses } from "../storage/order.queries.ts";
import { settle } from "./settle.ts";

/** Cancels an order and gives back what it held. */
export function cancelOrder(this: Orders, ctx: Ctx<typeof CancelOrder>): Promise<OrderView> {
	const at = this.now().toISOString();
	const ownerId = ownerScope(ctx.meta.principal);
	const { expectedVersion } = ctx.meta;
	const rule = (order: Order) => cancel(expectVersion(ownedBy(order, ownerId), expectedVersion), at);
	return endOrder(this, ctx, ctx.params, rule);
}

/** Moves an order along; what ends it gives back what it held. */
export function setOrderStatus(this: Orders, ctx: Ctx<typeof SetOrderStatus>): Promise<OrderView> {
	const at = this.now().toISOString();
	const { expectedVersion } = ctx.meta;
	const returnId = this.newId();
	const rule = (order: Order) => move(expectVersion(order, expectedVersion), ctx.params.status, returnId, at);
	return endOrder(this, ctx, ctx.params, rule);
}

interface Wish {
	readonly id: string;
	readonly reason?: string | undefined;
}

function endOrder(orders: Orders, ctx: Context<unknown, Meta>, { id, reason }: Wish, rule: (order: Order) => Decision) {
	return settle(orders, ctx, id, {
		rule,
		reason: reason === undefined ? undefined : { text: reason },
		sagaOf: ({ state }, operationKey) => sagaFor(orders, ctx, state, operationKey),
		recall: async (tx) => ({ addresses: await findAddresses(tx, id) }),
		viewOf: (order, { addresses = NOWHERE }) => viewOf(order, addresses),
		versionOf: ({ version }) => version,
	});
}

/** What ends an order gives back what it holds. */
function sagaFor(orders: Orders, ctx: Context<unknown, Meta>, order: Order, operationKey: string | null) {
	const ids = { id: orders.newId(), correlationId: ctx.requestID };
	const returned = order.returns.at(-1);
	if (order.status === "returned" && returned !== undefined)
		return returning(ids, order, returned, { operationKey, shows: "order" });
	return order.status === "cancelled" ? unwinding(ids, order, operationKey) : undefined;
}
