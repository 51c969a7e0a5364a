import { fromMinor } from "../contracts/money.ts";
import type { Order as OrderView } from "../contracts/orders.ts";
import type { Order } from "./domain/order.ts";
import type { Addresses } from "./storage/order.queries.ts";

/** Addresses that were erased. */
export const NOWHERE: Addresses = { shipping: null, billing: null };

/** An order as clients see it. */
export function viewOf(order: Order, { shipping, billing }: Addresses): OrderView {
	const { id, number, userId, status, paymentStatus, totalCents, currency, lines, paymentId, createdAt, updatedAt } =
		order;
	return {
		id,
		number,
		userId,
		status,
		paymentStatus,
		totalAmount: fromMinor(totalCents, currency),
		currency,
		items: lines.map(({ productId, name, quantity, unitCents }) => ({
			productId,
			name,
			quantity,
			unitPrice: fromMinor(unitCents, currency),
			totalPrice: fromMinor(unitCents * quantity, currency),
		})),
		shippingAddress: shipping,
		billingAddress: billing,
		paymentId,
		createdAt,
		updatedAt,
	};
}
