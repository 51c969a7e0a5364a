import { z } from "zod";
import { decimalsOf } from "../../contracts/money.ts";
import { defineTemplate } from "./template.ts";

const Order = z.object({
	orderId: z.string(),
	totalAmount: z.number(),
	currency: z.string(),
	/** Units of all products together. */
	units: z.int(),
});

export const orderConfirmation = defineTemplate("order_confirmation", Order, (order) => ({
	subject: "Your order is confirmed",
	paragraphs: [
		"Thank you for your order. It is confirmed, and we are preparing it.",
		`Order ${order.orderId}\n${order.units === 1 ? "1 item" : `${order.units} items`}, ${totalOf(order)} in total`,
	],
}));

const Cancelled = Order.extend({ reason: z.string().optional() });

export const orderCancellation = defineTemplate("order_cancellation", Cancelled, (order) => ({
	subject: "Your order is cancelled",
	paragraphs: [
		`Your order ${order.orderId} over ${totalOf(order)} is cancelled.`,
		...(order.reason === undefined ? [] : [`Reason: ${order.reason}`]),
		"What you have paid for it goes back the way it came.",
	],
}));

const totalOf = ({ totalAmount, currency }: z.output<typeof Order>): string =>
	`${totalAmount.toFixed(decimalsOf(currency))} ${currency}`;
