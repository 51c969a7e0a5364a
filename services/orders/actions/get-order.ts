import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { OrderNotFound } from "../../contracts/orders.ts";
import type { GetOrder, Order } from "../../contracts/orders.ts";
import type { Orders } from "../orders.context.ts";
import { findOrder } from "../storage/order.queries.ts";
import { viewOf } from "../order.view.ts";

/** Who may read an order: its owner and an admin; the owner is part of the WHERE clause. */
export async function getOrder(this: Orders, ctx: Ctx<typeof GetOrder>): Promise<Order> {
	const found = await findOrder(this.db, ctx.params.id, ownerScope(ctx.meta.principal));
	if (found === undefined) throw new OrderNotFound();

	ctx.meta.$version = found.order.version;
	return viewOf(found.order, found);
}
