import type { Ctx } from "../../../mixins/define-service.ts";
import { minorFromDecimal } from "../../contracts/money.ts";
import type { Quote, QuoteProducts } from "../../contracts/products.ts";
import type { Products } from "../products.context.ts";
import { pricesOf } from "../storage/product.queries.ts";

export async function quoteProducts(this: Products, { params }: Ctx<typeof QuoteProducts>): Promise<Quote> {
	const { currency } = this.config;
	const rows = await pricesOf(this.db, params.productIds);
	const products = rows.map(({ id, name, price }) => ({
		productId: id,
		name,
		priceCents: minorFromDecimal(price, currency),
	}));
	return { currency, products };
}
