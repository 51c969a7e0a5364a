import type { ActionSchema } from "moleculer";
import { action } from "../../../mixins/define-service.ts";
import { GetProductAnalytics, RecommendProducts } from "../../contracts/insights.ts";
import { OPEN, STAFF } from "../../contracts/policy.ts";
import { productAnalytics, recommendProducts } from "../actions/insights.ts";

/** What shoppers look at and buy. */
export const insightActions: Readonly<Record<string, ActionSchema>> = {
	analytics: action(GetProductAnalytics, { rest: "GET /products/:id/analytics", policy: STAFF }, productAnalytics),
	recommendations: action(
		RecommendProducts,
		{ rest: "GET /products/:id/recommendations", policy: OPEN },
		recommendProducts,
	),
};
