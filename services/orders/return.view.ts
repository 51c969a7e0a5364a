import { fromMinor } from "../contracts/money.ts";
import type { Return as ReturnView } from "../contracts/returns.ts";
import type { Order } from "./domain/order.ts";
import type { Return } from "./domain/return-history.ts";
import type { ReturnReason } from "./storage/return.queries.ts";

type OfOrder = Pick<Order, "id" | "userId" | "currency" | "lines">;

/** A return as clients see it. */
export function returnViewOf(order: OfOrder, one: Return, reasons: readonly ReturnReason[]): ReturnView {
	const { id, status, lines, amountCents, restock, requestedAt, decidedAt, completedAt } = one;
	const names = new Map(order.lines.map(({ productId, name }) => [productId, name]));
	const said = (type: ReturnReason["type"]) =>
		reasons.find((reason) => reason.returnId === id && reason.type === type)?.text ?? null;
	return {
		id,
		orderId: order.id,
		userId: order.userId,
		status,
		items: lines.map(({ productId, quantity }) => ({ productId, name: names.get(productId) ?? "", quantity })),
		refundAmount: amountCents === null ? null : fromMinor(amountCents, order.currency),
		currency: order.currency,
		restock,
		reason: said("returnRequested"),
		refusal: said("returnRefused"),
		requestedAt,
		decidedAt,
		completedAt,
	};
}
