import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Address } from "../../contracts/address.ts";
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

export type AddressedRow = OrderRow & Addresses;

export const ADDRESSED = `select ${ORDER_COLUMNS}, order_addresses.shipping, order_addresses.billing
	from orders left join order_addresses on order_addresses.order_id = orders.id`;

const FIND = statement<AddressedRow>(
	"orders.find",
	`${ADDRESSED} where orders.id = $1 and ($2::uuid is null or orders.user_id = $2)`,
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

export async function pingDatabase(db: Queryable): Promise<void> {
	await db.query(PING);
}

export const addressed = (row: AddressedRow): AddressedOrder => ({
	id: row.id,
	order: orderFrom(row),
	shipping: row.shipping,
	billing: row.billing,
});
