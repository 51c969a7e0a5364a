import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { OrderSort } from "../../contracts/orders.ts";
import { isMerged, narrowed } from "./order-filter.ts";
import type { Narrowed, OrderFilter } from "./order-filter.ts";
import { addressed, ADDRESSED } from "./order.queries.ts";
import type { AddressedOrder, AddressedRow } from "./order.queries.ts";

/** Each is the order of an index, so that a page is cut from it. */
const ORDERS: Readonly<Record<OrderSort, string>> = {
	"-createdAt": "orders.id desc",
	createdAt: "orders.id",
	total: "orders.total_amount, orders.id",
	"-total": "orders.total_amount desc, orders.id desc",
};

/** A slice of the orders that may be seen and are wanted, in one statement, and one more where they are counted. */
export async function findOrders(db: Queryable, filter: OrderFilter, slice: Slice): Promise<Found<AddressedOrder>> {
	const page = narrowed(filter, slice.afterId);
	const all = narrowed(filter, null);
	const [rows, counted] = await Promise.all([
		db.query(pageOf(filter, page), [...page.values, slice.limit, slice.offset]),
		slice.isCounted ? db.query(countOf(all), all.values) : [],
	]);
	return { rows: rows.map(addressed), total: counted[0]?.total ?? 0 };
}

const countOf = ({ name, where }: Narrowed) =>
	statement<{ total: number }>(
		`orders.count.${name}`,
		`select count(*)::integer as total from (select from orders where ${where} limit ${COUNT_LIMIT}) as counted`,
	);

function pageOf(filter: OrderFilter, narrowing: Narrowed) {
	const order = ORDERS[filter.sort];
	const chosen = isMerged(filter) ? merged(narrowing, order) : `orders where ${narrowing.where}`;
	const count = narrowing.values.length;
	return statement<AddressedRow>(
		`orders.list.${filter.sort}.${narrowing.name}`,
		`with chosen as materialized (
			select orders.id from ${chosen} order by ${order} limit $${count + 1}::integer offset $${count + 2}::integer
		)
		${ADDRESSED} where orders.id in (select id from chosen) order by ${order}`,
	);
}

/** An index has the orders of one status in order, so those of several are merged: the first of each. */
const merged = ({ rest, values }: Narrowed, order: string): string => `
	unnest($1::text[]) as wanted (status) cross join lateral (
		select id, total_amount from orders where orders.status = wanted.status and ${rest}
		order by ${order} limit $${values.length + 1}::integer + $${values.length + 2}::integer
	) as orders`;
