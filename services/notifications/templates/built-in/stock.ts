import { z } from "zod";
import { defineTemplate, letter } from "../template.ts";

export const lowStock = defineTemplate({
	name: "low-stock",
	topic: "stock",
	channels: ["email", "push"],
	asks: "product",
	given: z.object({ productId: z.uuid(), currentStock: z.int(), threshold: z.int() }),
	sample: { productId: "0198c0de-0000-7000-8000-000000000002", currentStock: 2, threshold: 5 },
	answered: { productName: "Lamp", sku: "LAMP-1" },
	source: {
		subject: "Stock is low: {{productName}}",
		text: letter(
			"Of {{productName}} ({{sku}}) {{currentStock}} can still be sold. You wanted to know at {{threshold}}.",
			"Product {{productId}}",
		),
		short: "Only {{currentStock}} left of {{productName}}.",
	},
});
