import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { CreateCategory, UpdateCategory } from "../../contracts/categories.ts";
import { DeleteProduct, UpdateProduct } from "../../contracts/products.ts";
import { SearchProducts } from "../../contracts/searching.ts";
import type { SearchResult } from "../../contracts/searching.ts";
import type { SentTo } from "../../contracts/action.ts";
import { ADMIN, CUSTOMER, newVendor, startProducts } from "../products.fixture.ts";
import type { RunningProducts } from "../products.fixture.ts";

let shop: RunningProducts;
const ids: Record<string, string> = {};
const shelf: Record<string, string> = {};

async function category(name: string, parentId: string | null = null): Promise<void> {
	shelf[name] = (await shop.ask(CreateCategory, { name, parentId })).id;
}

async function product(name: string, given: Parameters<RunningProducts["product"]>[0] = {}): Promise<void> {
	ids[name] = (await shop.product({ name, ...given })).id;
}

beforeAll(async () => {
	// Nothing kept: each question is asked of the database.
	shop = await startProducts({ PRODUCT_CACHE_MS: "0" });
	await category("Furniture");
	await category("Seats", shelf.Furniture);
	await product("Folding oak chair", { categoryId: shelf.Seats!, price: 54, sku: "KX-340A" });
	await product("Running shoes", { price: 120, description: "For long lamps of the night." });
	await product("Desk lamp", { price: 46.9, stockQuantity: 0 });
	await product("Lamp oil", { price: 8 });
	await product("Café Crème Überzug", { price: 19 });
	await product("Refrigerator, white", { categoryId: shelf.Furniture!, price: 900 });
});
afterAll(() => shop.stop());

const search = (given: SentTo<typeof SearchProducts>, principal = CUSTOMER): Promise<SearchResult> =>
	shop.ask(SearchProducts, given, { principal });
const names = async (q: string, given: Partial<SentTo<typeof SearchProducts>> = {}) =>
	(await search({ q, ...given })).rows.map(({ name }) => name);

describe("a search finds a product", () => {
	it.each([
		["words of its name and its description together", "lamp run", ["Running shoes"]],
		["a plural by its singular", "shoe", ["Running shoes"]],
		["a singular by its plural", "chairs", ["Folding oak chair"]],
		["another form of a word", "folded chair", ["Folding oak chair"]],
		[
			"capitals, accents and punctuation that differ",
			"CAFE, ueberzug? creme".replace("ue", "u"),
			["Café Crème Überzug"],
		],
		["its SKU with the hyphen", "kx-340a", ["Folding oak chair"]],
		["its SKU without the hyphen", "KX340A", ["Folding oak chair"]],
		["the name of its category", "seats", ["Folding oak chair"]],
		["the name of a category above it, with a word of its own", "furniture oak", ["Folding oak chair"]],
	])("by %s", async (_what, q, expected) => {
		expect(await names(q)).toEqual(expected);
	});

	it("in its name before one in its description", async () => {
		expect(await names("lamp")).toEqual(["Lamp oil", "Desk lamp", "Running shoes"]);
	});

	it("by a category's new name at once, and no longer by the old one", async () => {
		await category("Sofas");
		await product("Blue corner", { categoryId: shelf.Sofas! });
		await shop.ask(UpdateCategory, { id: shelf.Sofas!, name: "Couches" });

		expect(await names("couches")).toEqual(["Blue corner"]);
		expect(await names("sofas")).toEqual([]);
	});

	it("by its new name at once, and not when it is hidden or removed", async () => {
		await product("Gramophone");
		await shop.ask(UpdateProduct, { id: ids.Gramophone!, name: "Phonograph" });
		expect(await names("phonograph")).toEqual(["Phonograph"]);

		await shop.ask(UpdateProduct, { id: ids.Gramophone!, isActive: false });
		expect(await names("phonograph")).toEqual([]);
		expect((await search({ q: "phonograph" }, ADMIN)).rows).toHaveLength(1);

		await shop.ask(DeleteProduct, { id: ids.Gramophone! });
		expect((await search({ q: "phonograph" }, ADMIN)).rows).toEqual([]);
	});

	it("that is hidden for its own vendor only", async () => {
		const [vendor, other] = [newVendor(), newVendor()];
		await shop.product({ name: "Secret sextant", isActive: false }, vendor);

		expect((await search({ q: "sextant" }, vendor)).rows).toHaveLength(1);
		expect((await search({ q: "sextant" }, other)).rows).toEqual([]);
	});
});

describe("a search forgives", () => {
	it.each([
		["two letters swapped", "refrigreator"],
		["a letter left out", "refrigrator"],
		["a letter doubled", "refrigeratorr"],
		["a letter replaced", "refrigerstor"],
		["two edits in a long word", "refridgeratir"],
		["a word that is not finished", "refrig"],
		["a word that nobody knows beside one that is known", "refrigerator qqqqqq"],
		["a lost space", "whiterefrigerator"],
	])("%s", async (_what, q) => {
		expect(await names(q)).toEqual(["Refrigerator, white"]);
	});

	it("a swap in a short word, of which the trigrams are gone", async () => {
		expect(await search({ q: "dsek" })).toMatchObject({
			rows: [{ name: "Desk lamp" }],
			corrections: { dsek: ["desk"] },
		});
	});

	it("nothing where the words as they are were found", async () => {
		expect(await search({ q: "oil" })).not.toHaveProperty("corrections");
	});

	it("nothing where filters keep away what the words mean", async () => {
		await product("Choir book", { price: 5 });
		expect(await search({ q: "chair", maxPrice: 10 })).toMatchObject({ rows: [], total: 0 });
		expect(await search({ q: "chair", maxPrice: 10 })).not.toHaveProperty("corrections");
	});

	it("no digit: the neighbour of a model is another model", async () => {
		expect(await names("KX-341A")).toEqual([]);
	});

	it("words of a name that was just given", async () => {
		await product("Theodolite");
		await shop.ask(UpdateProduct, { id: ids.Theodolite!, name: "Chronometer" });

		expect(await names("chornometer")).toEqual(["Chronometer"]);
	});
});

describe("a search by filters", () => {
	it.each([
		["a category and all below it", { categoryId: "Furniture" }, ["Folding oak chair"]],
		["a least price", { minPrice: 54 }, ["Folding oak chair"]],
		["a highest price", { maxPrice: 53.99 }, []],
		["what is in stock", { inStock: "true" }, ["Folding oak chair"]],
		["what is sold out", { inStock: "false" }, []],
	] as const)("keeps %s", async (_what, filter, expected) => {
		const given = "categoryId" in filter ? { categoryId: shelf[filter.categoryId]! } : filter;
		expect(await names("chair", given)).toEqual(expected);
	});

	it("counts what is where among all its matches, not only on the page", async () => {
		const { facets } = await search({ q: "lamp", pageSize: 1 });

		expect(facets).toEqual({
			categories: [],
			prices: [
				{ min: 5, max: 10, count: 1 },
				{ min: 20, max: 50, count: 1 },
				{ min: 100, max: 200, count: 1 },
			],
			stock: { inStock: 2, outOfStock: 1 },
		});
		expect((await search({ q: "furniture" })).facets.categories).toEqual([
			{ categoryId: shelf.Furniture, name: "Furniture", count: 1 },
			{ categoryId: shelf.Seats, name: "Seats", count: 1 },
		]);
	});
});

describe("a search by sort and page", () => {
	it.each([
		["price", ["Lamp oil", "Desk lamp", "Running shoes"]],
		["-price", ["Running shoes", "Desk lamp", "Lamp oil"]],
		["name", ["Desk lamp", "Lamp oil", "Running shoes"]],
		["newest", ["Lamp oil", "Desk lamp", "Running shoes"]],
		["createdAt", ["Running shoes", "Desk lamp", "Lamp oil"]],
		["relevance", ["Lamp oil", "Desk lamp", "Running shoes"]],
	] as const)("is in the order of %s, by pages and by cursors alike", async (sort, expected) => {
		expect(await names("lamp", { sort })).toEqual(expected);

		const seen: string[] = [];
		let cursor: string | undefined;
		do {
			const slice = (await search({ q: "lamp", sort, limit: 1, cursor })) as Extract<
				SearchResult,
				{ nextCursor: unknown }
			>;
			seen.push(...slice.rows.map(({ name }) => name));
			cursor = slice.nextCursor ?? undefined;
		} while (cursor !== undefined);
		expect(seen).toEqual(expected);
	});

	it("refuses the cursor of another search, sort or filter, and one that was tampered with", async () => {
		const { nextCursor } = (await search({ q: "lamp", sort: "price", limit: 1 })) as { nextCursor: string };
		const [id, hash] = Buffer.from(nextCursor, "base64url").toString().split(".");
		const forged = Buffer.from(`${id}.${hash}.0) or true --`).toString("base64url");
		const other = [
			{ q: "lamp", sort: "name" },
			{ q: "oil", sort: "price" },
			{ q: "lamp", sort: "price", minPrice: 1 },
		] as const;

		for (const given of other)
			await expect(search({ ...given, cursor: nextCursor })).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
		await expect(search({ q: "lamp", sort: "price", cursor: forged })).rejects.toMatchObject({
			type: "VALIDATION_FAILED",
		});
	});

	describe("after a made-up relevance", () => {
		const after = async (relevance: string) => {
			const asked = { q: "lamp", sort: "relevance", limit: 1 } as const;
			const { nextCursor } = (await search(asked)) as { nextCursor: string };
			const [id, hash] = Buffer.from(nextCursor, "base64url").toString().split(".");
			return search({ ...asked, cursor: Buffer.from(`${id}.${hash}.${relevance}`).toString("base64url") });
		};

		it.each(["1e-99", "1e-46", "0.000000000001e-37"])(
			"is refused for %s, which is too small a number",
			async (tiny) => {
				await expect(after(tiny)).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
			},
		);

		it.each(["1e-37", "6.0792707e-05", "0"])("finds nothing less relevant than %s", async (small) => {
			expect(await after(small)).toMatchObject({ rows: [], nextCursor: null });
		});
	});
});

describe("a search takes any text for words", () => {
	it.each([
		["quotes and semicolons", `lamp'; drop table products; --`],
		["the operators of tsquery", "!lamp | (chair <-> oak):*A"],
		["a backslash", "lamp\\"],
		["nothing but punctuation", "?!…"],
		["stop words only", "the of and"],
		["a very long word", "l".repeat(200)],
		["thirty words", Array.from({ length: 30 }, (_, at) => `w${at}`).join(" ")],
		["characters of other scripts", "лампа 台灯 💡"],
		["the lexeme of a category", "@00000000-0000-0000-0000-000000000000"],
	])("%s", async (_what, q) => {
		expect(await search({ q })).toMatchObject({
			rows: expect.any(Array),
			facets: { stock: { outOfStock: expect.any(Number) } },
		});
	});
});
