import { describe, expect, it } from "@jest/globals";
import { detailsOf } from "./details.ts";

const admin = { role: "admin", userId: "a" } as const;
const vendor = { role: "vendor", userId: "v" } as const;
const refusal = (path: string) =>
	expect.objectContaining({ type: "VALIDATION_FAILED", data: { errors: [named(path)] } });
const named = (path: string): unknown => expect.objectContaining({ path });

describe("the details of a command", () => {
	it("are what was sent, null included", () => {
		expect(detailsOf({ name: "Lamp", description: null, sku: undefined }, admin, "EUR")).toEqual({
			name: "Lamp",
			description: null,
		});
	});

	it.each([
		[10.5, "EUR", 1050],
		[0.07, "EUR", 7],
		[1.005, "TND", 1005],
		[500, "JPY", 500],
		[9_999_999.99, "EUR", 999_999_999],
	])("count a price of %d %s in whole minor units", (price, currency, priceCents) => {
		expect(detailsOf({ price }, admin, currency)).toEqual({ priceCents });
	});

	it.each([
		[10.555, "EUR"],
		[10.5, "JPY"],
		[1.0005, "TND"],
	])("refuse a price of %d %s, which has too many decimals", (price, currency) => {
		expect(() => detailsOf({ price }, admin, currency)).toThrow(refusal("price"));
	});
});

describe("whose a product is", () => {
	it("an admin says, or leaves open", () => {
		expect(detailsOf({ vendorId: "v" }, admin, "EUR")).toEqual({ vendorId: "v" });
		expect(detailsOf({ vendorId: null }, admin, "EUR")).toEqual({ vendorId: null });
		expect(detailsOf({}, admin, "EUR")).toEqual({});
	});

	it("is not asked of a vendor: it is his", () => {
		expect(detailsOf({}, vendor, "EUR")).toEqual({ vendorId: "v" });
		expect(detailsOf({ vendorId: "v" }, vendor, "EUR")).toEqual({ vendorId: "v" });
	});

	it.each(["other", null])("cannot be given away by a vendor, to %s", (vendorId) => {
		expect(() => detailsOf({ vendorId }, vendor, "EUR")).toThrow(refusal("vendorId"));
	});
});
