import type { Ctx } from "../../../mixins/define-service.ts";
import type {
	GetProductAnalytics,
	ProductAnalytics,
	Recommendations,
	RecommendProducts,
} from "../../contracts/insights.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { fromMinor, minorFromDecimal } from "../../contracts/money.ts";
import { ProductNotFound } from "../../contracts/products.ts";
import { periodOf } from "../domain/period.ts";
import { viewOf } from "../product.view.ts";
import type { Products } from "../products.context.ts";
import { findDays } from "../storage/analytics.store.ts";
import type { DayRow } from "../storage/analytics.store.ts";
import { boughtTogether, isOnSale, popularBeside } from "../storage/basket.store.ts";

export async function productAnalytics(
	this: Products,
	{ params: { id, ...given }, meta }: Ctx<typeof GetProductAnalytics>,
): Promise<ProductAnalytics> {
	const { currency } = this.config;
	const period = periodOf(given, this.now());
	const days = await findDays(this.db, id, ownerScope(meta.principal), period);
	if (days === undefined) throw new ProductNotFound();
	return {
		...{ productId: id, ...period, currency, total: totalOf(days, currency) },
		days: days.map(({ revenue, ...day }) => ({ ...day, revenue: Number(revenue) })),
	};
}

function totalOf(days: readonly DayRow[], currency: string): ProductAnalytics["total"] {
	const sum = (count: (day: DayRow) => number) => days.reduce((total, day) => total + count(day), 0);
	return {
		views: sum(({ views }) => views),
		purchases: sum(({ purchases }) => purchases),
		revenue: fromMinor(
			sum(({ revenue }) => minorFromDecimal(revenue, currency)),
			currency,
		),
	};
}

export async function recommendProducts(
	this: Products,
	{ params: { id, limit } }: Ctx<typeof RecommendProducts>,
): Promise<Recommendations> {
	const { currency } = this.config;
	const together = await boughtTogether(this.db, id, limit);
	if (together.length === 0 && !(await isOnSale(this.db, id))) throw new ProductNotFound();
	const basis = together.length > 0 ? "bought-together" : "popular";
	const rows = together.length > 0 ? together : await popularBeside(this.db, id, limit);
	return { basis, rows: rows.map((row) => viewOf(row, currency)) };
}
