import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Slice } from "../../../mixins/paging.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { OrderEvent, OrderHistory } from "../../contracts/order-lists.ts";
import { OrderNotFound } from "../../contracts/orders.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { Orders } from "../orders.context.ts";
import { BY_VERSION, findHistory } from "../storage/history.queries.ts";

/** Who may read an order may read everything that happened to it. */
export async function orderHistory(this: Orders, ctx: Ctx<typeof OrderHistory>): Promise<Listing<OrderEvent>> {
	const { id, ...paging } = ctx.params;
	const ownerId = ownerScope(ctx.meta.principal);
	const find = async (slice: Slice) => {
		const found = await findHistory(this.db, id, ownerId, slice);
		if (found === undefined) throw new OrderNotFound();
		return found;
	};
	const listing = await listed(paging, { id }, find, BY_VERSION);
	return { ...listing, rows: listing.rows.map(({ id: _orderId, ...event }) => event) };
}
