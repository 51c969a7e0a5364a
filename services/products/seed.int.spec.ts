import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { CreateCategory, ListCategories } from "../contracts/categories.ts";
import { DeleteProduct, ListProducts, SeedProducts } from "../contracts/products.ts";
import { startProducts } from "./products.fixture.ts";
import type { RunningProducts } from "./products.fixture.ts";

let shop: RunningProducts;
beforeAll(async () => void (shop = await startProducts({ CURRENCY: "JPY" })));
afterAll(() => shop.stop());

const seed = async () => (await shop.ask(SeedProducts, {})).created;

it("fills an empty shop once, whoever asks at the same time, in the shop's currency", async () => {
	await shop.ask(CreateCategory, { name: "KITCHEN" });
	const created = await Promise.all([seed(), seed(), seed()]);
	const listing = await shop.ask(ListProducts, { pageSize: 100 });

	expect(created.sort((one, other) => one - other)).toEqual([0, 0, 24]);
	expect(listing).toMatchObject({ total: 24 });
	expect(listing.rows.every(({ currency, price }) => currency === "JPY" && Number.isInteger(price))).toBe(true);
	expect((await shop.ask(ListCategories, {})).rows).toHaveLength(5);
	expect(await shop.rows("select 1 from stock_discrepancies")).toEqual([]);
});

it("leaves a shop alone that has ever had a product", async () => {
	const { rows } = await shop.ask(ListProducts, { pageSize: 100 });
	for (const { id } of rows) await shop.ask(DeleteProduct, { id });

	expect(await seed()).toBe(0);
});
