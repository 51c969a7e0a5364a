import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { OrderNotFound } from "../../contracts/orders.ts";
import type { OrderHistory } from "../../contracts/orders.ts";
import type { Orders } from "../orders.context.ts";
import { historyOf } from "../storage/order.queries.ts";

/** Every order has at least the event that placed it. */
export async function orderHistory(this: Orders, ctx: Ctx<typeof OrderHistory>) {
	const events = await historyOf(this.db, ctx.params.id, ownerScope(ctx.meta.principal));
	if (events.length === 0) throw new OrderNotFound();
	return { orderId: ctx.params.id, events };
}
