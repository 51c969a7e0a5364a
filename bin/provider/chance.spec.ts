import { describe, expect, it } from "@jest/globals";
import { chance } from "./chance.ts";

describe("chance", () => {
	const keys = Array.from({ length: 10_000 }, (_, index) => `key-${index}`);

	it("is the same for a seed and a name, whatever came before", () => {
		expect(keys.map((key) => chance(7, key))).toEqual(keys.map((key) => chance(7, key)));
		expect(chance(7, "a")).not.toBe(chance(8, "a"));
	});

	it("is as likely as it says", () => {
		const share = keys.filter((key) => chance(3, key) < 0.1).length / keys.length;
		expect(share).toBeGreaterThan(0.085);
		expect(share).toBeLessThan(0.115);
	});
});
