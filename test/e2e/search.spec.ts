import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Facets } from "../../services/contracts/searching.ts";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

/** The promise to those who ask another node than the one that was written to. */
const EVERYWHERE_WITHIN_MS = 1_000;

interface Result {
	readonly rows: readonly { id: string; name: string; price: number; stockQuantity: number; category: string | null }[];
	readonly total: number;
	readonly nextCursor: string | null;
	readonly facets: Facets;
	readonly corrections?: Record<string, string[]>;
}

let shop: Shop;
let admin: Person;
let vendor: Person;
let parentId: string;

const asAdmin = async (method: string, path: string, body?: object) =>
	(await shop.send(method, path, { token: admin.token, ...(body && { body }) })).body;
const search = async (query: string) => (await shop.send("GET", `/products/search?${query}`)).body as unknown as Result;
const names = ({ rows }: Result) => rows.map(({ name }) => name);
/** What a search finds everywhere, once a change has had its time. */
const settled = (query: string, isRight: (found: Result) => boolean) =>
	until(async () => isRight(await search(query)), {
		timeoutMs: 2 * EVERYWHERE_WITHIN_MS,
		what: `${query} to be right`,
	});

beforeAll(async () => {
	shop = await Shop.open();
	[admin, vendor] = await shop.people(["admin", "vendor"]);
	parentId = String((await asAdmin("POST", "/products/categories", { name: "Musical things" })).id);
	const { id: categoryId } = await asAdmin("POST", "/products/categories", { name: "Winds", parentId });
	for (const [sku, name, price, stockQuantity] of [
		["SAX-1", "Saxophone, golden", 900, 3],
		["SAX-2", "Saxophone stand", 40, 0],
		["OCA-7", "Ocarina", 15, 9],
	] as const)
		await asAdmin("POST", "/products", { sku, name, price, stockQuantity, categoryId });
	await settled("q=saxophone", ({ rows }) => rows.length === 2);
});
afterAll(() => shop.close());

describe("a search of the shop", () => {
	it("is no product that is called search", async () => {
		const { status, body } = await shop.send("GET", "/products/search?q=ocarina");

		expect(status).toBe(200);
		expect(body).toMatchObject({ rows: [{ name: "Ocarina", category: "Winds" }], total: 1, totalPages: 1 });
	});

	it.each([
		["q=SAXOPHONES", ["Saxophone stand", "Saxophone, golden"]],
		["q=saxohpone", ["Saxophone stand", "Saxophone, golden"]],
		["q=oca-7", ["Ocarina"]],
		["q=musical%20stand", ["Saxophone stand"]],
		["q=saxophone&sort=-price", ["Saxophone, golden", "Saxophone stand"]],
		["q=saxophone&inStock=true", ["Saxophone, golden"]],
		["q=winds&maxPrice=100&sort=price", ["Ocarina", "Saxophone stand"]],
		["q=winds&page=2&pageSize=2&sort=name", ["Saxophone stand"]],
		["q=%27%3B%20drop%20table%20products%3B--", []],
	])("%s finds it", async (query, expected) => {
		expect(names(await search(query))).toEqual(expected);
	});

	it("narrows to a category with all below it, and says what is where", async () => {
		const { facets } = await search(`q=winds&categoryId=${parentId}`);

		expect(facets.categories).toMatchObject([{ name: "Winds", count: 3 }]);
		expect(facets.stock).toEqual({ inStock: 2, outOfStock: 1 });
		expect(facets.prices.map(({ count }) => count)).toEqual([1, 1, 1]);
	});

	it("is read to its end by cursors", async () => {
		const first = await search("q=winds&sort=price&limit=2");
		const second = await search(`q=winds&sort=price&limit=2&cursor=${first.nextCursor}`);

		expect([...names(first), ...names(second)]).toEqual(["Ocarina", "Saxophone stand", "Saxophone, golden"]);
		expect(second.nextCursor).toBeNull();
	});

	it.each(["", "q=", "q=lamp&sort=rank", "q=lamp&fuzzy=1", "q=lamp&page=1&cursor=x", "q=lamp&minPrice=-1", "q[]=lamp"])(
		"refuses %j",
		async (query) => {
			const { status, body } = await shop.send("GET", `/products/search?${query}`);

			expect([status, body.code]).toEqual([422, "VALIDATION_FAILED"]);
		},
	);
});

describe("what changes in the shop", () => {
	it("is seen by everybody within a second: a name, a price, stock, and that a product is hidden or gone", async () => {
		const given = { sku: "ZIT-1", name: "Zither", price: 50, stockQuantity: 5 };
		const { id } = (await shop.send("POST", "/products", { token: vendor.token, body: given })).body;
		const put = (path: string, body: object) => shop.send("PUT", path, { token: vendor.token, body });
		await settled("q=zither", ({ rows }) => rows.length === 1);

		await put(`/products/${String(id)}`, { name: "Dulcimer", price: 60 });
		await settled("q=dulcimer", ({ rows }) => rows[0]?.price === 60);
		await put(`/inventory/${String(id)}`, { onHand: 2, reason: "Counted." });
		await settled("q=dulcimer", ({ rows }) => rows[0]?.stockQuantity === 2);
		await put(`/products/${String(id)}`, { isActive: false });
		await settled("q=dulcimer", ({ rows }) => rows.length === 0);

		const asVendor = await shop.send("GET", "/products/search?q=dulcimer", { token: vendor.token });
		expect(asVendor.body.rows).toHaveLength(1);
	});

	it("keeps the tag of a product right: another one after a sale, the same while nothing happens", async () => {
		const { id } = await asAdmin("POST", "/products", { sku: "TUB-1", name: "Tuba", price: 5, stockQuantity: 9 });
		const path = `/products/${String(id)}`;
		const tag = async () => (await shop.send("GET", path)).headers.get("etag") ?? "";
		const before = await tag();
		const unchanged = await shop.send("GET", path, { headers: { "if-none-match": before } });
		expect([unchanged.status, await tag()]).toEqual([304, before]);

		const [buyer] = await shop.customers(1);
		const order = {
			items: [{ productId: id, quantity: 1 }],
			shippingAddress: "1 Main Street",
			paymentMethod: "pm_card_visa",
		};
		const placed = await shop.send("POST", "/orders", { token: buyer!.token, body: order });
		expect(placed.status).toBe(201);
		const after = await until(async () => ((await tag()) === before ? undefined : tag()));

		const renamed = { token: admin.token, body: { name: "Big tuba" }, headers: { "if-match": after } };
		expect((await shop.send("PUT", path, renamed)).status).toBe(200);
	});
});
