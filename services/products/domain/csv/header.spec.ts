import { describe, expect, it } from "@jest/globals";
import { IMPORT_COLUMNS } from "../../../contracts/imports.ts";
import { columnsOf } from "./header.ts";

const problemsOf = (header: readonly string[]) => {
	try {
		return columnsOf(header);
	} catch (error) {
		return (error as { data: { errors: { path: string }[] } }).data.errors.map(({ path }) => path);
	}
};

describe("the header of an import", () => {
	it("names its columns in any order, and in any spelling of their letters", () => {
		expect(columnsOf(["Price", " NAME ", "sku", "stockquantity"])).toEqual(["price", "name", "sku", "stockQuantity"]);
		expect(columnsOf(IMPORT_COLUMNS)).toEqual(IMPORT_COLUMNS);
	});

	it.each([
		["misses", ["name", "price"], ["sku"]],
		["misses", [""], ["name", "sku", "price", ""]],
		["does not know", ["name", "sku", "price", "colour"], ["colour"]],
		["has twice", ["name", "sku", "price", "SKU"], ["sku"]],
		["does not see in another delimiter", ["name;sku;price"], ["name", "sku", "price", "name;sku;price"]],
	])("is refused for what it %s: %j", (_why, header, problems) => {
		expect(problemsOf(header)).toEqual(problems);
	});
});
