import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Address } from "../../contracts/address.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import type { Order } from "../domain/order.ts";
import { ORDER_COLUMNS, orderFrom } from "./order.rows.ts";
import type { OrderRow } from "./order.rows.ts";

export interface Addresses {
	readonly shipping: Address | null;
	readonly billing: Address | null;
}

/** An order with what its events do not hold. */
export interface AddressedOrder extends Addresses {
	readonly id: string;
	readonly order: Order;
}

type Row = OrderRow & Addresses;

const SELECT = `select ${ORDER_COLUMNS}, order_addresses.shipping, order_addresses.billing
	from orders left join order_addresses on order_addresses.order_id = orders.id`;

const FIND = statement<Row>(
	"orders.find",
	`${SELECT} where orders.id = $1 and ($2::uuid is null or orders.user_id = $2)`,
);

const MATCHES = `($1::uuid is null or orders.user_id = $1) and ($2::text is null or orders.status = $2)
	and ($3::timestamptz is null or orders.created_at >= $3) and ($4::timestamptz is null or orders.created_at < $4)`;

const LIST = statement<Row>(
	"orders.list",
	`${SELECT} where ${MATCHES} and ($5::uuid is null or orders.id < $5) order by orders.id desc limit $6 offset $7`,
);

const COUNT = statement<{ total: number }>(
	"orders.count",
	`select count(*)::integer as total from (select from orders where ${MATCHES} limit ${COUNT_LIMIT}) as counted`,
);

interface HistoryRow {
	readonly version: number;
	readonly type: string;
	readonly data: Record<string, unknown>;
	readonly occurred_at: Date;
}

const HISTORY = statement<HistoryRow>(
	"orders.history",
	`select order_events.version, type, data, occurred_at
	from order_events join orders on orders.id = order_events.order_id
	where order_id = $1 and ($2::uuid is null or orders.user_id = $2) order by order_events.version`,
);

const ADDRESSES = statement<Addresses>(
	"orders.addresses",
	"select shipping, billing from order_addresses where order_id = $1",
);

const PING = statement("orders.ping", "select 1");

/** @param ownerId whose orders may be seen; null sees everybody's */
export async function findOrder(
	db: Queryable,
	id: string,
	ownerId: string | null,
): Promise<AddressedOrder | undefined> {
	const [row] = await db.query(FIND, [id, ownerId]);
	return row && addressed(row);
}

/** Both are null once they were erased. */
export async function findAddresses(db: Queryable, orderId: string): Promise<Addresses> {
	const [row] = await db.query(ADDRESSES, [orderId]);
	return row ?? { shipping: null, billing: null };
}

export interface OrderFilter {
	readonly userId: string | null;
	readonly status?: OrderStatus | undefined;
	readonly from?: string | undefined;
	readonly to?: string | undefined;
}

export async function findOrders(db: Queryable, filter: OrderFilter, slice: Slice): Promise<Found<AddressedOrder>> {
	const matching = [filter.userId, filter.status ?? null, filter.from ?? null, filter.to ?? null];
	const [rows, counted] = await Promise.all([
		db.query(LIST, [...matching, slice.afterId, slice.limit, slice.offset]),
		slice.isCounted ? db.query(COUNT, matching) : [],
	]);
	return { rows: rows.map(addressed), total: counted[0]?.total ?? 0 };
}

/** Everything that happened to an order, oldest first; empty when the caller may not see it. */
export async function historyOf(db: Queryable, id: string, ownerId: string | null) {
	const rows = await db.query(HISTORY, [id, ownerId]);
	return rows.map(({ occurred_at, ...row }) => ({ ...row, occurredAt: occurred_at.toISOString() }));
}

export async function pingDatabase(db: Queryable): Promise<void> {
	await db.query(PING);
}

const addressed = (row: Row): AddressedOrder => ({
	id: row.id,
	order: orderFrom(row),
	shipping: row.shipping,
	billing: row.billing,
});
