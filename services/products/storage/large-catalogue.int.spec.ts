import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Slice } from "../../../mixins/paging.ts";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database, Queryable } from "../../../mixins/sql/database.ts";
import { execute, freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { MAX_CANDIDATES } from "../../contracts/searching.ts";
import { findByWords } from "../search/find-by-words.ts";
import { findProducts, planned, walkProducts } from "./list.queries.ts";
import type { ProductFilter } from "./product-filters.ts";
import { SORTS } from "./product-sorts.ts";
import type { SortName } from "./product-sorts.ts";
import { findNewest } from "./product.queries.ts";
import { findCandidates, queriesOf } from "./search.queries.ts";

const PRODUCTS = 50_000;
const CATEGORIES = 50;
const PAGE = 20;
/** From this one on they are golden. */
const DEAR = 48_000;
/** Each so many-th of the others is packed without plastic: two words that always stand together. */
const PACKED = 40;

const idOf = (kind: number, number: string) =>
	`('00000000-0000-7000-800${kind}-' || lpad((${number})::text, 12, '0'))::uuid`;
const uuid = (kind: number, number: number) => `00000000-0000-7000-800${kind}-${String(number).padStart(12, "0")}`;

/**
 * As imported shelf by shelf: each category's products stand together, the first categories are the oldest, and its
 * price too rises with the category. What walks the whole catalogue until it meets a category walks far.
 */
const FILL = `
	set session_replication_role = replica;
	insert into categories (id, name) select ${idOf(1, "n")}, 'Category ' || n from generate_series(0, ${CATEGORIES - 1}) as n;
	insert into products (id, name, sku, price, category_id, vendor_id, description)
	select ${idOf(0, "n")}, 'Thing ' || (n * 7919 % ${PRODUCTS}), 'SKU-' || n, n / 100.0,
		${idOf(1, `n / ${PRODUCTS / CATEGORIES}`)}, ${idOf(2, "n % 10")},
		case when n >= ${DEAR} then 'Golden' when n % ${PACKED} = 0 then 'Packed without plastic' end
	from generate_series(0, ${PRODUCTS - 1}) as n;
	insert into inventory (product_id, initial, available)
	select ${idOf(0, "n")}, (n % 1000 <> 0)::integer, (n % 1000 <> 0)::integer from generate_series(0, ${PRODUCTS - 1}) as n;
	analyze;
`;

interface Node {
	readonly "Node Type": string;
	readonly "Actual Rows": number;
	readonly "Actual Loops": number;
	readonly "Rows Removed by Filter"?: number;
	readonly "Rows Removed by Join Filter"?: number;
	readonly Plans?: readonly Node[];
}

/** The rows that a plan touches in tables and indexes. */
function touched(node: Node): number {
	const isScan = / Scan$/.test(node["Node Type"]) && !/^(CTE|Function|Subquery|Values)/.test(node["Node Type"]);
	const own = (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"];
	return (isScan ? own : 0) + (node.Plans ?? []).reduce((sum, each) => sum + touched(each), 0);
}

/** How many rows the statements of some work touch. */
async function rowsTouched(db: Database, work: (db: Queryable) => Promise<unknown>): Promise<number> {
	let sum = 0;
	const explaining: Queryable = {
		query: async (wanted, values) => {
			const explain = planned<{ "QUERY PLAN": [{ Plan: Node }] }>(`explain (analyze, format json) ${wanted.text}`);
			const [row] = await db.query(explain, values);
			sum += touched(row!["QUERY PLAN"][0].Plan);
			return db.query(wanted, values);
		},
	};
	await work(explaining);
	return sum;
}

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
	database = await freshDatabase("products");
	await execute(database.url, FILL);
	// By itself: a transaction cannot hold it.
	await execute(database.url, "vacuum analyze");
	db = openDatabase({ url: database.url, applicationName: "large" });
});
afterAll(async () => {
	await db.close();
	await database.drop();
});

const first: Slice = { afterId: null, limit: PAGE + 1, offset: 0, isCounted: false };
const AT = PRODUCTS / 2;
/** What the cursor of a page in the middle of the list says. */
const middle = (key?: string): Slice => ({
	...first,
	afterId: uuid(0, AT),
	...(key !== undefined && { afterKey: key }),
});

describe("pain 11: catalogue lists stay fast however many products there are", () => {
	/** A page, its joins, and a few that a filter lets pass by. */
	const FEW = 20 * PAGE;
	/** Each category below gives a page of its own. */
	const SHELVES = Array.from({ length: 5 }, (_, index) => uuid(1, index));

	it.each<[string, ProductFilter, SortName, string | undefined]>([
		["all by id", {}, "createdAt", undefined],
		["all by price", {}, "price", String(AT / 100)],
		["all by price, the dearest first", {}, "-price", String(AT / 100)],
		["all by name", {}, "name", "thing 25000"],
		["the newest of the oldest category", { categoryIds: [uuid(1, 0)] }, "newest", undefined],
		["the dearest of the cheapest category", { categoryIds: [uuid(1, 0)] }, "-price", "4"],
		["a category by name", { categoryIds: [uuid(1, 49)] }, "name", "thing 25000"],
		["a branch of categories", { categoryIds: SHELVES }, "newest", undefined],
		["a branch of categories by price", { categoryIds: SHELVES }, "-price", "30"],
		["a vendor's, the newest first", { vendorId: uuid(2, 3) }, "newest", undefined],
		["those between two prices", { minPrice: 100, maxPrice: 110 }, "price", "105"],
		["those in stock", { inStock: true }, "newest", undefined],
		["the few that are sold out", { inStock: false }, "newest", undefined],
		["staff's own, hidden ones too", { staff: null }, "newest", undefined],
	])("%s: the first page and one in the middle touch few rows", async (_what, filter, sort, key) => {
		const pages = [first, middle(key)];
		const shelves = filter.categoryIds?.length ?? 1;

		for (const slice of pages) {
			const rows = await rowsTouched(db, (explaining) => findProducts(explaining, filter, SORTS[sort], slice));
			expect(rows).toBeLessThanOrEqual(FEW + (shelves - 1) * 2 * PAGE);
		}
	});

	it("the plain list touches few rows, and counts no further than pages reach", async () => {
		const page = (slice: Slice) => rowsTouched(db, (explaining) => findNewest(explaining, slice));

		expect(await page(first)).toBeLessThanOrEqual(FEW);
		expect(await page({ ...first, ...middle() })).toBeLessThanOrEqual(FEW);
		expect(await page({ ...first, isCounted: true })).toBeLessThanOrEqual(10_001 + FEW);
	});

	it("a filtered list counts no further than pages reach", async () => {
		const count = (filter: ProductFilter) =>
			rowsTouched(db, (explaining) => findProducts(explaining, filter, SORTS.price, { ...first, isCounted: true }));

		expect(await count({ minPrice: 1 })).toBeLessThanOrEqual(10_001 + FEW + 100);
		expect(await count({ categoryIds: SHELVES })).toBeLessThanOrEqual(5_000 + 2 * FEW);
	});

	it("a broad search in another order than relevance walks that order, though its words stand together", async () => {
		const filter = { query: "'pack' & 'plastic'" };
		const rows = await rowsTouched(db, (explaining) =>
			walkProducts(explaining, filter, SORTS.price, middle(String(AT / 100))),
		);

		expect(rows).toBeLessThanOrEqual(2 * PACKED * (PAGE + 1));
	});

	it("a search that all products match looks at no more than it ranks", async () => {
		const search = (sort: SortName) =>
			rowsTouched(db, (explaining) => findCandidates(explaining, { query: "'thing'" }, SORTS[sort], first));

		// Each with its stock.
		expect(await search("relevance")).toBeLessThanOrEqual(3 * (MAX_CANDIDATES + 1) + FEW);
		const walk = await rowsTouched(db, (explaining) =>
			findProducts(explaining, { query: "'thing'" }, SORTS.price, middle(String(AT / 100))),
		);
		expect(walk).toBeLessThanOrEqual(FEW);
	});
});

describe("a broad search", () => {
	const queryOf = async (terms: readonly string[]) => [...(await queriesOf(db, terms)).values()].join(" & ");
	const found = async (q: string, sort: SortName, slice: Partial<Slice> = {}) => {
		const search = { q, queryOf, filter: {}, sort: SORTS[sort], slice: { ...first, limit: 2, ...slice } };
		const { rows, ...outcome } = await findByWords(db, search);
		return { ...outcome, prices: rows.map(({ price }) => Number(price)) };
	};

	it.each([
		["plastic packed", "price", [0, 0.4]],
		["plastic packed", "-price", [479.6, 479.2]],
		["golden", "price", [480, 480.01]],
		["golden", "-price", [499.99, 499.98]],
	] as const)("for %s by %s has all its matches in order, wherever they are", async (q, sort, expected) => {
		const { total, prices } = await found(q, sort);

		expect([total, prices]).toEqual([MAX_CANDIDATES + 1, expected]);
	});

	it("goes on after a slice, and after as many pages", async () => {
		const after = { afterId: uuid(0, DEAR + 1), afterKey: String((DEAR + 1) / 100) };

		expect((await found("golden", "price", after)).prices).toEqual([480.02, 480.03]);
		expect((await found("golden", "price", { offset: 1_500 })).prices).toEqual([495, 495.01]);
	});

	it("by relevance ends with what is ranked", async () => {
		expect((await found("golden", "relevance", { offset: 998, limit: 5 })).prices).toHaveLength(2);
	});

	it("counts in its facets what is ranked", async () => {
		const { stock, prices } = (await found("golden", "price")).facets;

		expect(stock.inStock + stock.outOfStock).toBe(MAX_CANDIDATES);
		expect(prices.reduce((sum, { count }) => sum + count, 0)).toBe(MAX_CANDIDATES);
	});
});

it("a sale that leaves some does not touch the indexes of the stock", async () => {
	const counts = statement<{ updates: string; hot: string }>(
		"spec.hot",
		`select pg_stat_get_xact_tuples_updated('inventory'::regclass) as updates,
			pg_stat_get_xact_tuples_hot_updated('inventory'::regclass) as hot`,
	);
	const sell = statement(
		"spec.sell",
		"update inventory set available = available - 1, sold = sold + 1 where product_id = $1",
	);
	await db.query(
		statement("spec.fillUp", "update inventory set initial = 100, available = 100 where product_id = $1"),
		[uuid(0, 1)],
	);
	const counted = await db.transaction(async (tx) => {
		for (let sale = 0; sale < 3; sale++) await tx.query(sell, [uuid(0, 1)]);
		return tx.query(counts);
	});

	const [{ updates, hot }] = counted as [{ updates: string; hot: string }];
	expect(Number(updates)).toBeGreaterThanOrEqual(3);
	expect(hot).toBe(updates);
});
