import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { OrderNotFound } from "../../contracts/orders.ts";
import type { GetOrder, Order } from "../../contracts/orders.ts";
import { replayed } from "../domain/order.ts";
import type { Orders } from "../orders.context.ts";
import { historyUntil } from "../storage/history.queries.ts";
import { findAddresses, findOrder } from "../storage/order.queries.ts";
import { viewOf } from "../order.view.ts";

/** Who may read an order: its owner and an admin; the owner is part of the WHERE clause. */
export async function getOrder(this: Orders, ctx: Ctx<typeof GetOrder>): Promise<Order> {
	const { id, at } = ctx.params;
	const ownerId = ownerScope(ctx.meta.principal);
	const found = await (at === undefined ? findOrder(this.db, id, ownerId) : orderAt(this, id, ownerId, at));
	if (found === undefined) throw new OrderNotFound();

	ctx.meta.$version = found.order.version;
	return viewOf(found.order, found);
}

/** The order as its events had made it; its addresses, which are none of its events, are today's. */
async function orderAt({ db }: Orders, id: string, ownerId: string | null, moment: string) {
	const [history, addresses] = await Promise.all([historyUntil(db, id, ownerId, moment), findAddresses(db, id)]);
	const order = replayed(id, history);
	return order && { order, ...addresses };
}
