import { describe, expect, it } from "@jest/globals";
import { costLine, spent } from "./statement-costs.ts";

const cost = (text: string, calls: number, totalMs: number) => ({ database: "stoa_orders", text, calls, totalMs });

describe("the cost of statements", () => {
	it("is what was spent between two looks, the dearest first", () => {
		const before = [cost("a", 10, 100), cost("b", 1, 1)];
		const after = [cost("a", 12, 101), cost("b", 1, 1), cost("c", 4, 7)];

		expect(spent(before, after)).toEqual([cost("c", 4, 7), cost("a", 2, 1)]);
	});

	it("is shown for one request", () => {
		expect(costLine(cost("select\n\t1", 4, 2), 2)).toMatch(/^ +2\.00 x +1000\.0 µs {2}stoa_orders +select 1$/);
	});
});
