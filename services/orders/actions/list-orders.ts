import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { ListUserOrders } from "../../contracts/order-lists.ts";
import type { ListOrders, Order } from "../../contracts/orders.ts";
import type { Listing, PagingParams } from "../../contracts/paging.ts";
import type { Orders } from "../orders.context.ts";
import { findOrders } from "../storage/list.queries.ts";
import type { OrderFilter } from "../storage/order-filter.ts";
import { viewOf } from "../order.view.ts";

export function listOrders(this: Orders, { params, meta }: Ctx<typeof ListOrders>): Promise<Listing<Order>> {
	const { page, pageSize, cursor, limit, ...wanted } = params;
	return list(this, { page, pageSize, cursor, limit }, { ...wanted, ownerId: ownerScope(meta.principal) });
}

export function listUserOrders(this: Orders, { params }: Ctx<typeof ListUserOrders>): Promise<Listing<Order>> {
	const { page, pageSize, cursor, limit, ...wanted } = params;
	return list(this, { page, pageSize, cursor, limit }, { ...wanted, ownerId: wanted.userId });
}

async function list(orders: Orders, paging: PagingParams, filter: OrderFilter): Promise<Listing<Order>> {
	const listing = await listed(paging, filter, (slice) => findOrders(orders.db, filter, slice));
	return { ...listing, rows: listing.rows.map((row) => viewOf(row.order, row)) };
}
