import type { BodyOf } from "../../contracts/event.ts";
import type { OrderCreated } from "../../contracts/orders.ts";

/** What a mail tells of an order. */
export const orderVariables = ({ orderId, totalAmount, currency, items }: BodyOf<typeof OrderCreated>) => ({
	orderId,
	totalAmount,
	currency,
	units: items.reduce((sum, { quantity }) => sum + quantity, 0),
});
