import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { ListOrders, ListUserOrders, Order } from "../../contracts/orders.ts";
import type { Listing, PagingParams } from "../../contracts/paging.ts";
import type { Orders } from "../orders.context.ts";
import { findOrders } from "../storage/order.queries.ts";
import type { OrderFilter } from "../storage/order.queries.ts";
import { viewOf } from "../order.view.ts";

export function listOrders(this: Orders, { params, meta }: Ctx<typeof ListOrders>): Promise<Listing<Order>> {
	const { status, from, to } = params;
	return list(this, params, { userId: ownerScope(meta.principal), status, from, to });
}

export function listUserOrders(this: Orders, { params }: Ctx<typeof ListUserOrders>): Promise<Listing<Order>> {
	const { userId, status, from, to } = params;
	return list(this, params, { userId, status, from, to });
}

async function list(orders: Orders, paging: PagingParams, filter: OrderFilter): Promise<Listing<Order>> {
	const listing = await listed(paging, filter, (slice) => findOrders(orders.db, filter, slice));
	return { ...listing, rows: listing.rows.map((row) => viewOf(row.order, row)) };
}
