import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { allocate } from "./allocation.ts";

const cents = fc.integer({ min: 0, max: 1_000_000_000 });
const weights = fc.array(fc.integer({ min: 0, max: 100_000_000 }), { minLength: 1, maxLength: 30 });
const sum = (parts: readonly number[]) => parts.reduce((total, part) => total + part, 0);

describe("an amount that is divided", () => {
	it("gives the cents that are left to the largest remainders", () => {
		expect(allocate(100, [1, 1, 1])).toEqual([34, 33, 33]);
		expect(allocate(10, [2, 3, 4])).toEqual([2, 3, 5]);
		expect(allocate(7, [1, 0, 1])).toEqual([4, 0, 3]);
	});

	it("goes to the last one where nobody has a claim", () => {
		expect(allocate(5, [0, 0])).toEqual([0, 5]);
	});

	it("is exact where floating point is not", () => {
		expect(allocate(999_999_999, [999_999_999_999, 1])).toEqual([999_999_999, 0]);
	});

	it("sums to the whole, and no part is negative", () => {
		fc.assert(
			fc.property(cents, weights, (amount, given) => {
				const parts = allocate(amount, given);
				expect(sum(parts)).toBe(amount);
				expect(parts.every((part) => Number.isInteger(part) && part >= 0)).toBe(true);
			}),
		);
	});

	it("gives everybody his share, rounded down or up", () => {
		fc.assert(
			fc.property(
				cents,
				weights.filter((given) => sum(given) > 0),
				(amount, given) => {
					const parts = allocate(amount, given).map(BigInt);
					const total = BigInt(sum(given));
					for (const [index, part] of parts.entries()) {
						const share = BigInt(amount) * BigInt(given[index]!);
						expect(part >= share / total && part * total < share + total).toBe(true);
					}
				},
			),
		);
	});
});
