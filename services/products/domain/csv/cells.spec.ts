import { describe, expect, it } from "@jest/globals";
import type { ImportColumn } from "../../../contracts/imports.ts";
import { readRow } from "./cells.ts";

const row = (given: Partial<Record<ImportColumn, string>>) => {
	const cells = { name: "Lamp", sku: "L-1", price: "10.50", ...given };
	return readRow(Object.keys(cells) as ImportColumn[], Object.values(cells));
};

describe("a row of an import", () => {
	it("has the fields of a product", () => {
		const images = "https://a.example/1.png|https://a.example/2.png";
		const all = { description: "Bright", category: "Lamps", stockQuantity: "7", lowStockThreshold: "2", images };
		expect(row({ ...all, isActive: "FALSE" })).toEqual({
			...{ name: "Lamp", sku: "L-1", price: 10.5, description: "Bright", category: "Lamps", isActive: false },
			...{ stockQuantity: 7, lowStockThreshold: 2, images: images.split("|") },
		});
	});

	it("says nothing of columns that the file has not", () => {
		expect(row({})).toEqual({ name: "Lamp", sku: "L-1", price: 10.5 });
	});

	it("empties what can be empty, and says nothing of a number by an empty cell", () => {
		const empty = { description: "", category: "", images: "", stockQuantity: "", lowStockThreshold: "", isActive: "" };
		expect(row(empty)).toEqual({
			...{ name: "Lamp", sku: "L-1", price: 10.5 },
			...{ description: null, category: null, images: [] },
		});
	});

	it("is read as it was before an export disarmed it", () => {
		expect(row({ name: "'=1+1", sku: "'-5" })).toMatchObject({ name: "=1+1", sku: "-5" });
	});

	it.each([
		["price", "10,50"],
		["price", "1e3"],
		["price", "-1"],
		["price", "0x10"],
		["price", "99999999"],
		["price", ""],
		["name", ""],
		["name", "x".repeat(201)],
		["name", "a\u0000b"],
		["sku", " "],
		["stockQuantity", "1.5"],
		["stockQuantity", "many"],
		["lowStockThreshold", "-1"],
		["isActive", "perhaps"],
		["images", "not a url"],
		["images", "javascript:alert(1)"],
	])("is refused for its %s %j, by the column's name", (column, text) => {
		expect(row({ [column]: text })).toMatchObject([{ column, code: "VALIDATION_FAILED" }]);
	});

	it.each([
		["price", "10,50", "must be a number with a point, such as 10.50"],
		["price", "", "must not be empty"],
		["stockQuantity", "many", "must be a whole number, such as 25"],
		["isActive", "perhaps", "must be true or false"],
	])("says what its %s %j should be", (column, text, message) => {
		expect(row({ [column]: text })).toMatchObject([{ column, message }]);
	});

	it("names every column that is wrong", () => {
		expect(row({ name: "", price: "free" })).toMatchObject([{ column: "name" }, { column: "price" }]);
	});

	it.each([1, 3])("is refused when it is ragged: %i cells under two columns", (cells) => {
		expect(readRow(["name", "sku"], Array<string>(cells).fill("x"))).toMatchObject([
			{ code: "ROW_RAGGED", column: null },
		]);
	});
});
