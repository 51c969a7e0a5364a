import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { until } from "../../../test/support/wait.ts";
import { GetProductAnalytics, RecommendProducts } from "../../contracts/insights.ts";
import { OrderCreated } from "../../contracts/orders.ts";
import { CreateCategory } from "../../contracts/categories.ts";
import { DeleteProduct, GetProduct, UpdateProduct } from "../../contracts/products.ts";
import { countPurchases } from "../consumers/count-purchases.ts";
import { ADMIN, CUSTOMER, newVendor, startProducts } from "../products.fixture.ts";
import type { RunningProducts } from "../products.fixture.ts";
import { boughtTogether, countBaskets, MAX_BASKET } from "../storage/basket.store.ts";

const refusal = (type: string) => expect.objectContaining({ type });

let shop: RunningProducts;
beforeAll(async () => void (shop = await startProducts()));
afterAll(() => shop.stop());

interface Bought {
	readonly productId: string;
	readonly quantity?: number;
	readonly unitPrice?: number;
}

/** What the consumer gets when an order is confirmed. */
async function buy(items: readonly Bought[], timestamp = new Date().toISOString()): Promise<void> {
	const order = {
		orderId: randomUUID(),
		userId: randomUUID(),
		status: "confirmed",
		previousStatus: "pending",
	} as const;
	const lines = items.map(({ productId, quantity = 1, unitPrice = 10.5 }) => ({ productId, quantity, unitPrice }));
	const { data } = OrderCreated.of({ ...order, totalAmount: 0, currency: "EUR", items: lines, timestamp });
	const message = { id: randomUUID(), name: OrderCreated.name, version: 1, aggregateType: "order", data } as never;
	await shop.service.db.transaction((tx) => countPurchases.handle.call(shop.service as never, [message], tx));
}

const analytics = (id: string, period: { from?: string; to?: string } = {}, principal = ADMIN) =>
	shop.ask(GetProductAnalytics, { id, ...period }, { principal });
const recommended = async (id: string, limit?: number) => {
	const { basis, rows } = await shop.ask(RecommendProducts, limit === undefined ? { id } : { id, limit }, {});
	return { basis, ids: rows.map((row) => row.id) };
};
const products = (count: number, given: object = {}) =>
	Promise.all(Array.from({ length: count }, async () => (await shop.product(given)).id));

describe("the analytics of a product", () => {
	it("count the views of shoppers, each product a day, and not those of staff", async () => {
		const { id } = await shop.product();
		for (const principal of [undefined, CUSTOMER, ADMIN, newVendor()])
			await shop.ask(GetProduct, { id }, principal === undefined ? {} : { principal });

		const { days } = await until(async () => {
			const now = await analytics(id);
			return now.total.views === 2 && now;
		});
		expect(days).toEqual([{ date: expect.any(String), views: 2, purchases: 0, revenue: 0 }]);
	});

	it("sum units and revenue of confirmed orders by day, to the cent", async () => {
		const [id = "", other = ""] = await products(2);
		const line = { productId: id, quantity: 3, unitPrice: 0.1 };
		await buy([line, { productId: other }], "2026-01-31T23:59:59.999Z");
		await buy([line], "2026-01-31T00:00:00.000Z");
		await buy([line, line], "2026-02-01T00:00:00.000Z");

		const all = await analytics(id, { from: "2026-01-01", to: "2026-02-28" });
		expect(all).toMatchObject({ productId: id, currency: "EUR", total: { views: 0, purchases: 12, revenue: 1.2 } });
		expect(all.days).toEqual([
			{ date: "2026-01-31", views: 0, purchases: 6, revenue: 0.6 },
			{ date: "2026-02-01", views: 0, purchases: 6, revenue: 0.6 },
		]);
		expect((await analytics(id, { from: "2026-02-01", to: "2026-02-01" })).days).toHaveLength(1);
	});

	it("are its vendor's, and do not exist for another", async () => {
		const vendor = newVendor();
		const { id } = await shop.product({}, vendor);

		expect(await analytics(id, {}, vendor)).toMatchObject({ days: [], total: { views: 0, purchases: 0, revenue: 0 } });
		await expect(analytics(id, {}, newVendor())).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
	});

	it("are asked for by days that follow each other", async () => {
		const { id } = await shop.product();
		await expect(analytics(id, { from: "2026-02-01", to: "2026-01-31" })).rejects.toEqual(refusal("VALIDATION_FAILED"));
	});
});

describe("recommendations", () => {
	it("are what was bought together, best first, and only what is on sale", async () => {
		const [id = "", often = "", once = "", hidden = "", gone = ""] = await products(5);
		for (let order = 0; order < 10; order += 1)
			await buy([id, often, hidden, gone].map((productId) => ({ productId })));
		await buy([id, once].map((productId) => ({ productId })));
		await shop.ask(UpdateProduct, { id: hidden, isActive: false });
		await shop.ask(DeleteProduct, { id: gone });

		expect(await recommended(id)).toEqual({ basis: "bought-together", ids: [often, once] });
		expect(await recommended(id, 1)).toEqual({ basis: "bought-together", ids: [often] });
		await expect(recommended(hidden)).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
		await expect(recommended(randomUUID())).rejects.toEqual(refusal("PRODUCT_NOT_FOUND"));
	});

	it("prefer what belongs together to what everybody buys anyway", async () => {
		const [id = "", partner = "", bestseller = ""] = await products(3);
		for (let order = 0; order < 20; order += 1) await buy([{ productId: bestseller }]);
		for (let order = 0; order < 6; order += 1) await buy([id, partner, bestseller].map((productId) => ({ productId })));

		expect((await recommended(id)).ids).toEqual([partner, bestseller]);
	});

	it("fall back to what is popular in the same category, and then to what is new there", async () => {
		const category = await shop.ask(CreateCategory, { name: "Popular lamps" });
		const [id = "", old = "", loved = "", liked = ""] = await products(4, { categoryId: category.id });
		for (const bought of [loved, loved, loved, liked, liked]) await buy([{ productId: bought }]);

		expect(await recommended(id)).toEqual({ basis: "popular", ids: [loved, liked, old] });
		expect(await recommended(id, 2)).toEqual({ basis: "popular", ids: [loved, liked] });
	});

	it("count a product of a basket once, and pairs of a big basket's first products only", async () => {
		const ids = await products(MAX_BASKET + 2);
		await buy([...ids, ...ids].map((productId) => ({ productId })));
		const [first = "", , last = ""] = [ids[0], ids[1], ids.at(-1)];
		const pairs = await shop.rows("select baskets from co_purchases where product_id = any($1::uuid[])", [ids]);

		expect(pairs).toHaveLength(MAX_BASKET * (MAX_BASKET - 1));
		expect(new Set(pairs.map((pair) => (pair as { baskets: number }).baskets))).toEqual(new Set([1]));
		expect((await recommended(first, 20)).ids).not.toContain(last);
	});

	it("find planted pairs: recall at 10 is at least 1.5 times that of the popular ones", async () => {
		const chance = seeded(20_260_131);
		const ids = await products(200);
		const baskets = plantedBaskets(ids, 1_500, chance);
		const [training, trial] = [baskets.slice(0, 1_300), baskets.slice(1_300)];
		for (const basket of training) await countBaskets(shop.service.db, [basket]);
		const popular = (
			await shop.rows<{ id: string }>(
				"select product_id as id from basket_counts where product_id = any($1::uuid[]) order by baskets desc limit 11",
				[ids],
			)
		).map(({ id }) => id);

		const hits = { together: 0, popular: 0 };
		for (const [seen = "", wanted = ""] of trial) {
			const together = (await boughtTogether(shop.service.db, seen, 10)).map(({ id }) => id);
			if (together.includes(wanted)) hits.together += 1;
			if (
				popular
					.filter((id) => id !== seen)
					.slice(0, 10)
					.includes(wanted)
			)
				hits.popular += 1;
		}
		expect(hits.popular).toBeGreaterThan(0);
		expect(hits.together / hits.popular).toBeGreaterThanOrEqual(1.5);
	});
});

/** Products come in groups of eight; a basket takes from one group, and now and then a bestseller. */
function plantedBaskets(ids: readonly string[], count: number, chance: () => number): string[][] {
	const pick = (from: readonly string[]) => from[Math.floor(chance() ** 2 * from.length)] ?? "";
	return Array.from({ length: count }, () => {
		const group = Math.floor(chance() * (ids.length / 8)) * 8;
		const members = ids.slice(group, group + 8);
		const basket = new Set([pick(members), pick(members), pick(members)]);
		if (chance() < 0.5) basket.add(pick(ids));
		return [...basket];
	}).filter((basket) => basket.length > 1);
}

/** Park and Miller's generator: the same baskets in every run. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
