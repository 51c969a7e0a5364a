import { describe, expect, it } from "@jest/globals";
import { MAX_AMOUNT } from "../../contracts/money.ts";
import { categoryCounts, PRICE_BOUNDS, priceRanges, stockCounts } from "./facets.ts";

const match = (price: number, categoryId: string | null = null, inStock = true) => ({
	...{ price, categoryId, inStock },
	category: categoryId && `Shelf ${categoryId}`,
});

describe("the prices of the matches", () => {
	it("lie between two round numbers, the first from nothing and the last without an end", () => {
		expect(priceRanges([5_000_000, 20, 49.99, 1, 0.5, 0].map((price) => match(price)))).toEqual([
			{ min: 0, max: 1, count: 2 },
			{ min: 1, max: 2, count: 1 },
			{ min: 20, max: 50, count: 2 },
			{ min: 5_000_000, max: null, count: 1 },
		]);
	});

	it("have ranges for all prices there are", () => {
		expect(PRICE_BOUNDS.at(-1)).toBeGreaterThan(MAX_AMOUNT / 2);
		expect(PRICE_BOUNDS).toEqual(PRICE_BOUNDS.toSorted((one, other) => one - other));
	});
});

describe("the categories of the matches", () => {
	it("are counted, the most frequent first; what has none is left out", () => {
		const matches = [match(1, "b"), match(1, "a"), match(1, "c"), match(1, "c"), match(1)];

		expect(categoryCounts(matches)).toEqual([
			{ categoryId: "c", name: "Shelf c", count: 2 },
			{ categoryId: "a", name: "Shelf a", count: 1 },
			{ categoryId: "b", name: "Shelf b", count: 1 },
		]);
	});

	it("are twenty at most", () => {
		expect(categoryCounts(Array.from({ length: 30 }, (_, id) => match(1, String(id))))).toHaveLength(20);
	});
});

it("the stock of the matches is there or not", () => {
	expect(stockCounts([match(1), match(1, null, false), match(1)])).toEqual({ inStock: 2, outOfStock: 1 });
});
