import { describe, expect, it } from "@jest/globals";
import { CreateProduct } from "../../contracts/products.ts";
import { demoCatalogue } from "./demo-catalogue.ts";

const products = demoCatalogue("EUR").flatMap((shelf) => shelf.products);

describe("the demo catalogue", () => {
	it("has 24 products in 5 categories, each with its own SKU", () => {
		expect(demoCatalogue("EUR")).toHaveLength(5);
		expect(new Set(products.map(({ draft }) => draft.sku)).size).toBe(24);
	});

	it("holds nothing that the API would refuse", () => {
		for (const { draft, stockQuantity } of products) {
			const { priceCents, ...rest } = draft;
			expect(CreateProduct.params.parse({ ...rest, price: priceCents / 100, stockQuantity })).toBeTruthy();
		}
	});

	it("has whole prices where the currency has no decimals", () => {
		expect(demoCatalogue("JPY")[0]?.products[0]?.draft.priceCents).toBe(40);
	});
});
