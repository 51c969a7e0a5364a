import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { CancelOrder, Order, SetOrderStatus } from "../../contracts/orders.ts";
import { expectVersion, ownedBy } from "../domain/access.ts";
import { cancel, move } from "../domain/move.ts";
import type { Orders } from "../orders.context.ts";
import { endOrder } from "./end-order.ts";

/** Cancels an order and gives back what it held. */
export function cancelOrder(this: Orders, ctx: Ctx<typeof CancelOrder>): Promise<Order> {
	const at = this.now().toISOString();
	const ownerId = ownerScope(ctx.meta.principal);
	const { expectedVersion } = ctx.meta;
	const { id, reason } = ctx.params;
	return endOrder(this, ctx, id, (order) =>
		cancel(expectVersion(ownedBy(order, ownerId), expectedVersion), at, reason),
	);
}

/** Moves an order along; what ends it gives back what it held. */
export function setOrderStatus(this: Orders, ctx: Ctx<typeof SetOrderStatus>): Promise<Order> {
	const at = this.now().toISOString();
	const { expectedVersion } = ctx.meta;
	const { id, status, reason } = ctx.params;
	return endOrder(this, ctx, id, (order) => move(expectVersion(order, expectedVersion), status, at, reason));
}
