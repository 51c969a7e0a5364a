import { describe, expect, it } from "@jest/globals";
import { differenceOf, MAX_ON_HAND } from "./stock.ts";

const stock = { available: 7, reserved: 3 };

describe("an adjustment of 7 available and 3 reserved units", () => {
	it.each([
		[{ onHand: 15 }, 5],
		[{ onHand: 10 }, 0],
		[{ onHand: 3 }, -7],
		[{ adjust: 4 }, 4],
		[{ adjust: -7 }, -7],
		[{ onHand: MAX_ON_HAND }, MAX_ON_HAND - 10],
	])("by %j adds %d", (adjustment, difference) => {
		expect(differenceOf(stock, adjustment)).toBe(difference);
	});

	it.each([{ onHand: 2 }, { adjust: -8 }])("by %j would take what is promised to orders", (adjustment) => {
		expect(() => differenceOf(stock, adjustment)).toThrow(
			expect.objectContaining({ type: "STOCK_BELOW_RESERVED", data: { reserved: 3 } }),
		);
	});

	it("refuses more than can be counted", () => {
		expect(() => differenceOf(stock, { adjust: MAX_ON_HAND })).toThrow(
			expect.objectContaining({ type: "VALIDATION_FAILED" }),
		);
	});
});
