import { decimalFromMinor, minorFromDecimal } from "../../contracts/money.ts";
import type { OrderPaymentStatus, OrderStatus } from "../../contracts/orders.ts";
import type { Line } from "../domain/facts.ts";
import type { Occurred, Order } from "../domain/order.ts";
import type { Return } from "../domain/return-history.ts";

/** A row of `orders` with its lines, as `ORDER_COLUMNS` selects it. */
export interface OrderRow {
	readonly id: string;
	readonly number: string;
	readonly user_id: string;
	readonly status: OrderStatus;
	readonly payment_status: OrderPaymentStatus;
	readonly currency: string;
	readonly total_amount: string;
	readonly refunded_amount: string;
	readonly payment_id: string | null;
	readonly is_being_paid: boolean;
	readonly returns: readonly Return[];
	readonly version: number;
	readonly created_at: Date;
	readonly updated_at: Date;
	readonly lines: readonly LineRow[];
}

interface LineRow {
	readonly product_id: string;
	readonly name: string;
	readonly quantity: number;
	readonly unit_price: string;
}

export const ORDER_COLUMNS = `
	orders.id, orders.number, orders.user_id, orders.status, orders.payment_status, orders.currency,
	orders.total_amount, orders.refunded_amount, orders.payment_id, orders.is_being_paid, orders.returns,
	orders.version, orders.created_at, orders.updated_at,
	(select json_agg(json_build_object('product_id', product_id, 'name', name, 'quantity', quantity,
			'unit_price', unit_price::text) order by line)
		from order_items where order_id = orders.id) as lines`;

export function orderFrom(row: OrderRow): Order {
	const { currency } = row;
	return {
		id: row.id,
		number: row.number,
		userId: row.user_id,
		status: row.status,
		paymentStatus: row.payment_status,
		currency,
		lines: row.lines.map((line) => lineFrom(line, currency)),
		totalCents: minorFromDecimal(row.total_amount, currency),
		refundedCents: minorFromDecimal(row.refunded_amount, currency),
		paymentId: row.payment_id,
		isBeingPaid: row.is_being_paid,
		returns: row.returns,
		version: row.version,
		createdAt: row.created_at.toISOString(),
		updatedAt: row.updated_at.toISOString(),
	};
}

function lineFrom({ product_id, name, quantity, unit_price }: LineRow, currency: string): Line {
	return { productId: product_id, name, quantity, unitCents: minorFromDecimal(unit_price, currency) };
}

/** The lines of a new order as the JSON its insert reads. */
export function lineRows({ lines, currency }: Order): string {
	return JSON.stringify(
		lines.map(({ productId, name, quantity, unitCents }, index) => ({
			line: index + 1,
			product_id: productId,
			name,
			quantity,
			unit_price: decimalFromMinor(unitCents, currency),
			total_price: decimalFromMinor(unitCents * quantity, currency),
		})),
	);
}

/** Facts as rows of `order_events`; the last of them made `order` what it is. */
export function factRows(order: Order, facts: readonly Occurred[]): string {
	const firstVersion = order.version - facts.length + 1;
	return JSON.stringify(
		facts.map(({ fact: { type, ...data }, at }, index) => ({
			version: firstVersion + index,
			type,
			data,
			occurred_at: at,
		})),
	);
}
