import { describe, expect, it } from "@jest/globals";
import { randomFrom } from "../../bin/trial/random.ts";
import { EDITS, misspelled } from "./typos.ts";

describe("a misspelled name", () => {
	it.each([
		["swap", "almp"],
		["drop", "amp"],
		["double", "llamp"],
		["replace", "aamp"],
	] as const)("has one %s", (edit, expected) => {
		expect(misspelled("lamp", edit, () => 0)).toBe(expected);
	});

	it.each(EDITS)("is another one at any place, and the same from the same seed: %s", (edit) => {
		const some = (seed: number) => {
			const random = randomFrom(seed);
			return Array.from({ length: 50 }, () => misspelled("chair 240", edit, random));
		};

		expect(some(1)).toEqual(some(1));
		expect(new Set(some(1)).size).toBeGreaterThan(4);
		expect(some(1).filter((name) => name === "chair 240" && edit !== "swap")).toEqual([]);
	});
});
