import { z } from "zod";
import { decimalsOf } from "../../../contracts/money.ts";
import { defineTemplate, letter } from "../template.ts";

const Order = z.object({
	orderId: z.string(),
	totalAmount: z.number(),
	currency: z.string(),
	/** Units of all products together. */
	units: z.int(),
});

const ORDER = { orderId: "0198c0de-0000-7000-8000-000000000001", totalAmount: 10.5, currency: "EUR", units: 3 };

const written = (amount: number, currency: string): string => `${amount.toFixed(decimalsOf(currency))} ${currency}`;

const ofOrder = {
	topic: "orders",
	channels: ["email", "push"],
	present: ({ totalAmount, currency, units }: z.output<typeof Order>) => ({
		total: written(totalAmount, currency),
		isSingle: units === 1,
	}),
} as const;

export const orderConfirmed = defineTemplate({
	...ofOrder,
	name: "order-confirmed",
	given: Order,
	sample: ORDER,
	source: {
		subject: "Your order is confirmed",
		text: letter(
			"Thank you for your order. It is confirmed, and we are preparing it.",
			"Order {{orderId}}\n{{#if isSingle}}1 item{{else}}{{units}} items{{/if}}, {{total}} in total",
		),
		short: "Your order over {{total}} is confirmed.",
	},
});

export const orderCancelled = defineTemplate({
	...ofOrder,
	name: "order-cancelled",
	given: Order.extend({ reason: z.string().optional() }),
	sample: { ...ORDER, reason: "cancelled on request" },
	source: {
		subject: "Your order is cancelled",
		text: letter(
			"Your order {{orderId}} over {{total}} is cancelled.{{#if reason}}\n\nReason: {{reason}}{{/if}}",
			"What you have paid for it goes back the way it came.",
		),
		short: "Your order over {{total}} is cancelled.",
	},
});

export const returnAccepted = defineTemplate({
	...ofOrder,
	name: "return-accepted",
	given: Order,
	sample: ORDER,
	source: {
		subject: "We have your return",
		text: letter(
			"What you sent back of your order {{orderId}} has arrived, and we accept the return.",
			"Your money goes back the way it came.",
		),
		short: "We have accepted your return.",
	},
});

export const refund = defineTemplate({
	topic: "orders",
	channels: ["email", "push"],
	name: "refund",
	given: z.object({ orderId: z.string(), amount: z.number(), currency: z.string() }),
	sample: { orderId: ORDER.orderId, amount: 10.5, currency: "EUR" },
	present: ({ amount, currency }) => ({ refunded: written(amount, currency) }),
	source: {
		subject: "Your money is on its way back",
		text: letter(
			"We have given back {{refunded}} of your order {{orderId}}.",
			"It goes back the way it came; your bank may take some days.",
		),
		short: "We have given back {{refunded}}.",
	},
});
