import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { OrderEvent, OrderHistory } from "../../contracts/order-lists.ts";
import { OrderNotFound } from "../../contracts/orders.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { Orders } from "../orders.context.ts";
import { findHistory } from "../storage/history.queries.ts";

/** Who may read an order may read everything that happened to it. */
export async function orderHistory(this: Orders, ctx: Ctx<typeof OrderHistory>): Promise<Listing<OrderEvent>> {
	const { id, ...paging } = ctx.params;
	const ownerId = ownerScope(ctx.meta.principal);
	const listing = await listed(paging, { id }, async (slice) => {
		const found = await findHistory(this.db, id, ownerId, slice);
		if (found === undefined) throw new OrderNotFound();
		return found;
	});
	return { ...listing, rows: listing.rows.map(({ id: _cursor, ...event }) => event) };
}
