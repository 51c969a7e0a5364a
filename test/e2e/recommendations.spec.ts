import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

let shop: Shop;
let ada: Person;
let vera: Person;
let victor: Person;
beforeAll(async () => {
	shop = await Shop.open();
	[ada, vera, victor] = await shop.people(["customer", "vendor", "vendor"]);
});
afterAll(() => shop.close());

let skus = 0;
async function product(name: string): Promise<string> {
	const body = { name, sku: `E2E-${++skus}`, price: 10.5, stockQuantity: 100 };
	return String((await shop.send("POST", "/products", { token: vera.token, body })).body.id);
}

async function order(...productIds: string[]): Promise<void> {
	const items = productIds.map((productId) => ({ productId, quantity: 2 }));
	const body = { items, shippingAddress: "1 Main Street", paymentMethod: "pm_card_visa" };
	expect((await shop.send("POST", "/orders", { token: ada.token, body })).status).toBe(201);
}

const recommended = async (id: string, query = "") => {
	const { status, body } = await shop.send("GET", `/products/${id}/recommendations${query}`);
	const rows = (body.rows ?? []) as { id: string; name: string }[];
	return { status, basis: body.basis, names: rows.map(({ name }) => name) };
};
const analytics = (id: string, { token }: Person = vera, query = "") =>
	shop.send("GET", `/products/${id}/analytics${query}`, { token });

describe("recommendations", () => {
	it("follow what customers buy together, for everybody to see", async () => {
		const [pot, lid, spoon] = [await product("Pot"), await product("Lid"), await product("Spoon")];
		await order(pot, lid);
		await order(pot, lid);
		await order(pot, spoon);

		await until(async () => (await recommended(pot)).names.length === 2, { timeoutMs: 15_000, everyMs: 50 });
		expect(await recommended(pot)).toEqual({ status: 200, basis: "bought-together", names: ["Lid", "Spoon"] });
		expect(await recommended(pot, "?limit=1")).toMatchObject({ names: ["Lid"] });
		expect((await recommended(pot, "?limit=21")).status).toBe(422);
	});

	it("are popular products where nobody bought it yet", async () => {
		const shelf = await recommended(await product("New"));
		expect(shelf).toMatchObject({ status: 200, basis: "popular" });
		expect(shelf.names).toContain("Pot");
	});

	it("do not exist for what is not sold", async () => {
		const id = await product("Gone");
		await shop.send("DELETE", `/products/${id}`, { token: vera.token });
		expect((await recommended(id)).status).toBe(404);
	});
});

describe("the analytics of a product", () => {
	it("show its vendor today's views, units and revenue", async () => {
		const id = await product("Watched");
		for (let view = 0; view < 3; view += 1) await shop.send("GET", `/products/${id}`);
		await order(id);

		const total = { views: 3, purchases: 2, revenue: 21 };
		const { body } = await until(
			async () => {
				const answer = await analytics(id);
				const seen = answer.body.total as typeof total;
				return seen.views === 3 && seen.purchases === 2 && answer;
			},
			{ timeoutMs: 15_000, everyMs: 50, what: "views and purchases to be counted" },
		);
		expect(body).toMatchObject({ productId: id, currency: "EUR", total });
		expect((await analytics(id, victor)).status).toBe(404);
		expect((await analytics(id, ada)).status).toBe(403);
		expect((await analytics(id, vera, "?from=2026-02-01&to=2026-01-01")).status).toBe(422);
	});
});
