import { describe, expect, it } from "@jest/globals";
import type { ReadRow } from "./csv/cells.ts";
import { judgeRow } from "./judge-row.ts";
import type { Circumstances } from "./judge-row.ts";
import { putOnSale } from "./product.ts";
import type { Product } from "./product.ts";

const occasion = { now: new Date("2026-01-02T03:04:05.678Z"), currency: "EUR" };
const admin = { role: "admin", userId: "admin" } as const;
const vera = { role: "vendor", userId: "vera" } as const;
const lamp = (changed: Partial<Product> = {}): Product => ({
	...putOnSale("lamp", { name: "Lamp", sku: "L-1", priceCents: 1050 }, 10, occasion).state,
	...changed,
});
const row = (given: Partial<ReadRow> = {}): ReadRow => ({ name: "Lamp", sku: "l-1", price: 10.5, ...given });
const judge = (given: Partial<ReadRow>, by: Partial<Circumstances> = {}) =>
	judgeRow(row(given), {
		...occasion,
		...{ existing: lamp(), categories: new Map([["Lamps", "c-1"]]), author: admin, newId: "new" },
		...by,
	});
const factsOf = (verdict: ReturnType<typeof judgeRow>) =>
	"decision" in verdict ? verdict.decision.events.map(({ name }) => name) : [];

describe("a row of an import", () => {
	it("puts a product on sale whose SKU nobody has, by the rules of POST", () => {
		const verdict = judge({ stockQuantity: 3, category: "Lamps" }, { existing: undefined });

		expect(verdict).toMatchObject({
			kind: "created",
			decision: { state: { id: "new", available: 3, categoryId: "c-1" } },
		});
		expect(factsOf(verdict)).toEqual(["product.created"]);
	});

	it("gives a vendor's new product to him, and an admin's to nobody", () => {
		const existing = undefined;
		expect(judge({}, { existing, author: vera })).toMatchObject({ decision: { state: { vendorId: "vera" } } });
		expect(judge({}, { existing, author: admin })).toMatchObject({ decision: { state: { vendorId: null } } });
	});

	it("changes the fields it names, and leaves the others and the spelling of the SKU", () => {
		const existing = lamp({ description: "Bright", categoryId: "c-9" });
		const verdict = judge({ price: 12 }, { existing });

		expect(verdict).toMatchObject({ kind: "updated", difference: 0 });
		expect(verdict).toMatchObject({
			decision: { state: { priceCents: 1200, sku: "L-1", description: "Bright", categoryId: "c-9", version: 2 } },
		});
	});

	it("changes nothing when it says what is known", () => {
		expect(judge({ stockQuantity: 10, images: [], isActive: true, description: null })).toEqual({ kind: "unchanged" });
	});

	it("moves stock without a version of the product and without its fact", () => {
		const verdict = judge({ stockQuantity: 4 });

		expect(verdict).toMatchObject({ kind: "updated", difference: -6, decision: { state: { version: 1 } } });
		expect(factsOf(verdict)).toEqual([]);
	});

	it.each([
		["stock that falls to the threshold", { stockQuantity: 2 }, { lowStockThreshold: 2 }, ["product.low_stock"]],
		["stock that was low before", { stockQuantity: 1 }, { lowStockThreshold: 2, available: 2 }, []],
		["stock that rises with the threshold", { stockQuantity: 20, lowStockThreshold: 10 }, {}, ["product.updated"]],
		["a threshold that rises to the stock", { lowStockThreshold: 10 }, {}, ["product.updated", "product.low_stock"]],
	])("tells of low stock by what is there afterwards: %s", (_what, given, existing, facts) => {
		expect(factsOf(judge(given, { existing: lamp(existing) }))).toEqual(facts);
	});

	it.each([
		["a SKU of another vendor", { sku: "L-1" }, { author: vera }, "sku", "SKU_TAKEN"],
		["a category that does not exist", { category: "Gone" }, {}, "category", "CATEGORY_NOT_FOUND"],
		["more decimals than the currency has", { price: 1.005 }, {}, "price", "VALIDATION_FAILED"],
	])("is refused for %s", (_what, given, by, column, code) => {
		expect(judge(given, by)).toMatchObject({ kind: "invalid", problems: [{ column, code }] });
	});
});
