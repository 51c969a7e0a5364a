import { describe, expect, it } from "@jest/globals";
import { expectVersion, soldBy } from "./access.ts";
import { putOnSale } from "./product.ts";

const occasion = { now: new Date(0), currency: "EUR" };
const draft = { name: "Lamp", sku: "L-1", priceCents: 1, vendorId: "v" };
const { state: product } = putOnSale("p", draft, 0, occasion);

describe("a product", () => {
	it("is its vendor's and every admin's", () => {
		expect(soldBy(product, "v")).toBe(product);
		expect(soldBy(product, null)).toBe(product);
	});

	it("does not exist for another vendor", () => {
		expect(() => soldBy(product, "w")).toThrow(expect.objectContaining({ type: "PRODUCT_NOT_FOUND", code: 404 }));
	});

	it("changes in the version that was read, or in any when none is named", () => {
		expect(expectVersion(product, 1)).toBe(product);
		expect(expectVersion(product, undefined)).toBe(product);
		expect(() => expectVersion(product, 2)).toThrow(
			expect.objectContaining({ code: 412, data: { currentVersion: 1 } }),
		);
	});
});
