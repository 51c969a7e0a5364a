import { isLiving, ordersOf } from "./check.ts";
import type { Check, Evidence, OrderRow } from "./check.ts";

/** Holds at every instant, not only at rest. */
export const stock: Check<Pick<Evidence, "databases">> = {
	name: "stock",
	meaning: "initial + restocked = available + reserved + sold, as the journal and the reservations tell it",
	async violations({ databases }) {
		const sql = "select product_id as id from stock_discrepancies";
		const rows = await databases.rows<{ id: string }>("products", sql);
		return rows.map(({ id }) => `product ${id} does not add up`);
	},
};

interface Reservation {
	readonly orderId: string;
	readonly status: string;
}

/** Units that came back and are not sold again stay sold, although their order is returned. */
const isKept = ({ status }: Pick<OrderRow, "status">): boolean => status === "returned";

export const holds: Check = {
	name: "holds",
	meaning: "stock is sold to the orders that live, and held for none",
	async violations(evidence) {
		const sql = `select order_id as "orderId", status from reservations where order_id is not null`;
		const rows = await evidence.databases.rows<Reservation>("products", sql);
		const byOrder = new Map(rows.map(({ orderId, status }) => [orderId, status]));
		const orders = await ordersOf(evidence);
		const known = new Set(orders.map(({ id }) => id));
		return [
			...orders.flatMap((order) => {
				const status = byOrder.get(order.id);
				const isRight = isLiving(order)
					? status === "committed"
					: status !== "held" && (isKept(order) || status !== "committed");
				return isRight ? [] : [`order ${order.id} is ${order.status}, its stock ${status ?? "never reserved"}`];
			}),
			...rows
				.filter(({ orderId }) => !known.has(orderId))
				.map(({ orderId }) => `stock of ${orderId}, which is no order`),
		];
	},
};
