import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { decimalFromMinor } from "../../contracts/money.ts";
import type { Order } from "../domain/order.ts";
import { lineRows } from "./order.rows.ts";

const LOCK = statement("orders.lockProjection", "select id from orders where id = $1 for update");

/** The facts that are still kept were numbered by the order: none may get a number twice. */
const PUT = statement(
	"orders.putProjection",
	`insert into orders (id, number, user_id, status, payment_status, total_amount, refunded_amount, currency, payment_id,
		is_being_paid, returns, version, created_at, updated_at, announced)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, greatest($15::integer, (
		select max(sequence) from outbox where aggregate_type = 'order' and aggregate_id = $1::uuid::text)))
	on conflict (id) do update set number = excluded.number, user_id = excluded.user_id, status = excluded.status,
		payment_status = excluded.payment_status, total_amount = excluded.total_amount,
		refunded_amount = excluded.refunded_amount, currency = excluded.currency, payment_id = excluded.payment_id,
		is_being_paid = excluded.is_being_paid, returns = excluded.returns, version = excluded.version,
		created_at = excluded.created_at, updated_at = excluded.updated_at,
		announced = greatest(orders.announced, excluded.announced)`,
);

const CLEAR_ITEMS = statement("orders.clearItems", "delete from order_items where order_id = $1");
const PUT_ITEMS = statement(
	"orders.putItems",
	`insert into order_items (order_id, line, product_id, name, quantity, unit_price, total_price)
	select $1, item.* from json_to_recordset($2::json) as item (
		line integer, product_id uuid, name text, quantity integer, unit_price numeric, total_price numeric)`,
);

/** Holds the row of an order, if there is one, until the transaction ends. */
export async function lockProjection(tx: Queryable, orderId: string): Promise<void> {
	await tx.query(LOCK, [orderId]);
}

/** Writes an order as its events tell it. @param announced how many facts others were told of it */
export async function putProjection(tx: Queryable, order: Order, announced: number): Promise<void> {
	const money = (cents: number) => decimalFromMinor(cents, order.currency);
	await tx.query(PUT, [
		order.id,
		order.number,
		order.userId,
		order.status,
		order.paymentStatus,
		money(order.totalCents),
		money(order.refundedCents),
		order.currency,
		order.paymentId,
		order.isBeingPaid,
		JSON.stringify(order.returns),
		order.version,
		order.createdAt,
		order.updatedAt,
		announced,
	]);
	await tx.query(CLEAR_ITEMS, [order.id]);
	await tx.query(PUT_ITEMS, [order.id, lineRows(order)]);
}
