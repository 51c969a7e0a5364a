import { z } from "zod";
import { defineAction } from "./action.ts";
import { Currency } from "./money.ts";
import { Product, ProductNotFound } from "./products.ts";
import { Id } from "./text.ts";

/** One answer shows at most this many days. */
export const MAX_DAYS = 366;
export const MAX_RECOMMENDATIONS = 20;

const Day = z.iso.date();

const counts = {
	/** Answers of GET /products/{id} to shoppers; staff does not count. */
	views: z.int(),
	/** Units in orders that were confirmed. */
	purchases: z.int(),
	revenue: z.number(),
};

export const ProductAnalytics = z.object({
	productId: Id,
	from: Day,
	to: Day,
	currency: Currency,
	total: z.object(counts),
	/** Days in UTC on which something happened, oldest first. */
	days: z.array(z.object({ date: Day, ...counts })),
});
export type ProductAnalytics = z.output<typeof ProductAnalytics>;

export const GetProductAnalytics = defineAction("products.analytics", {
	summary: "Views, purchases and revenue of a product by day; the last 30 days unless told.",
	params: z
		.strictObject({
			id: Id,
			/** Both days included. */
			from: Day.optional(),
			to: Day.optional(),
		})
		.refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
			path: ["to"],
			message: "must not be before from",
		}),
	result: ProductAnalytics,
	errors: [ProductNotFound],
});

export const Recommendations = z.object({
	/** `popular` where nobody bought the product together with another one yet. */
	basis: z.enum(["bought-together", "popular"]),
	rows: z.array(Product),
});
export type Recommendations = z.output<typeof Recommendations>;

export const RecommendProducts = defineAction("products.recommendations", {
	summary: "Products on sale that are bought together with this one, best first; else popular ones of its category.",
	params: z.strictObject({
		id: Id,
		limit: z.coerce.number().int().positive().max(MAX_RECOMMENDATIONS).default(10),
	}),
	result: Recommendations,
	errors: [ProductNotFound],
});

export const INSIGHT_ACTIONS = [GetProductAnalytics, RecommendProducts];
