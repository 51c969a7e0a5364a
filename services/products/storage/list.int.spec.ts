import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CreateCategory } from "../../contracts/categories.ts";
import type { SentTo } from "../../contracts/action.ts";
import { ListProducts } from "../../contracts/products.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { Product } from "../../contracts/products.ts";
import { CUSTOMER, newVendor, startProducts } from "../products.fixture.ts";
import type { RunningProducts } from "../products.fixture.ts";

const vendor = newVendor();
let shop: RunningProducts;
const shelf: Record<string, string> = {};

/** In the order in which they are made: name, price, shelf, units. */
const PRODUCTS = [
	["Émile", 30, "Root", 1],
	["apple", 10, "Leaf", 0],
	["Zebra", 20, "Leaf", 5],
	["banana", 20, "Other", 5],
	["Elephant", 20, "Twig", 2],
	["hidden", 1, "Leaf", 9],
] as const;

beforeAll(async () => {
	shop = await startProducts({ PRODUCT_CACHE_MS: "0" });
	for (const [name, parent] of [["Root"], ["Twig", "Root"], ["Leaf", "Twig"], ["Other"]] as const) {
		const given = { name, ...(parent !== undefined && { parentId: shelf[parent]! }) };
		shelf[name] = (await shop.ask(CreateCategory, given)).id;
	}
	for (const [name, price, category, stockQuantity] of PRODUCTS) {
		const given = { name, price, categoryId: shelf[category]!, stockQuantity, isActive: name !== "hidden" };
		await shop.product(given, name === "Zebra" ? vendor : undefined);
	}
});
afterAll(() => shop.stop());

type Given = SentTo<typeof ListProducts>;
const list = (given: Given, principal = CUSTOMER): Promise<Listing<Product>> =>
	shop.ask(ListProducts, given, { principal }) as Promise<Listing<Product>>;
const names = ({ rows }: Listing<Product>) => rows.map(({ name }) => name);

async function byCursors(given: Given): Promise<string[]> {
	const seen: string[] = [];
	let cursor: string | null | undefined;
	do {
		const slice = await list({ ...given, limit: 1, ...(cursor && { cursor }) });
		seen.push(...names(slice));
		cursor = (slice as { nextCursor: string | null }).nextCursor;
	} while (cursor !== null);
	return seen;
}

describe("a list of products", () => {
	it.each([
		[{}, ["Elephant", "banana", "Zebra", "apple", "Émile"]],
		[{ sort: "newest" }, ["Elephant", "banana", "Zebra", "apple", "Émile"]],
		[{ sort: "-createdAt" }, ["Elephant", "banana", "Zebra", "apple", "Émile"]],
		[{ sort: "createdAt" }, ["Émile", "apple", "Zebra", "banana", "Elephant"]],
		[{ sort: "price" }, ["apple", "Zebra", "banana", "Elephant", "Émile"]],
		[{ sort: "-price" }, ["Émile", "Elephant", "banana", "Zebra", "apple"]],
		[{ sort: "name" }, ["apple", "banana", "Elephant", "Émile", "Zebra"]],
		[{ sort: "-name" }, ["Zebra", "Émile", "Elephant", "banana", "apple"]],
		[{ minPrice: 20 }, ["Elephant", "banana", "Zebra", "Émile"]],
		[{ maxPrice: 20, sort: "name" }, ["apple", "banana", "Elephant", "Zebra"]],
		[{ inStock: "true" }, ["Elephant", "banana", "Zebra", "Émile"]],
		[{ inStock: "false" }, ["apple"]],
		[{ vendorId: vendor.userId }, ["Zebra"]],
		[{ category: "Root" }, ["Elephant", "Zebra", "apple", "Émile"]],
		[{ category: "Twig", sort: "price" }, ["apple", "Zebra", "Elephant"]],
		[{ category: "Leaf", sort: "-name", inStock: "true" }, ["Zebra"]],
		[{ category: "Other", vendorId: vendor.userId }, []],
	] as const)("with %j is the same by pages and by cursors, and counted", async (given, expected) => {
		const { category, ...rest } = { category: undefined, ...given };
		const asked = { ...rest, ...(category && { categoryId: shelf[category]! }) };

		expect(await list(asked)).toMatchObject({ rows: expected.map((name) => ({ name })), total: expected.length });
		expect(await byCursors(asked)).toEqual(expected);
		const pages = await Promise.all([1, 2].map((page) => list({ ...asked, page, pageSize: 3 })));
		expect(pages.flatMap(names)).toEqual(expected);
	});

	it("shows staff what is hidden, with the same filters and sorts", async () => {
		const admin = { userId: "0", role: "admin", sessionId: "0" } as const;

		expect(names(await list({ categoryId: shelf.Leaf!, sort: "price" }, admin))).toEqual(["hidden", "apple", "Zebra"]);
		expect(names(await list({ categoryId: shelf.Leaf!, sort: "price" }, vendor))).toEqual(["apple", "Zebra"]);
	});

	it("of a category that there is not is empty", async () => {
		expect(await list({ categoryId: vendor.userId })).toMatchObject({ rows: [], total: 0 });
	});

	it.each([
		{ sort: "price; drop table products" },
		{ sort: "rank" },
		{ sort: "relevance" },
		{ minPrice: "1 or 1=1" },
		{ maxPrice: -1 },
		{ inStock: "yes" },
		{ vendorId: "x' or true" },
	])("refuses %j", async (given) => {
		await expect(list(given as never)).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});
});
