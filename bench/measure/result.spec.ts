import { describe, expect, it } from "@jest/globals";
import { quantile, resultOf, summary } from "./result.ts";
import type { Measured } from "./result.ts";

const slice = (given: Partial<Measured>): Measured => ({
	...{ elapsedMs: 1_000, latenciesMs: [1], refused: 0, failures: [], cpuMs: 1, statements: 1, settledAfterMs: 0 },
	...given,
});

describe("the result of a cell", () => {
	it("joins the slices of a side, and divides its costs by the answers as expected", () => {
		const slices = [
			slice({ latenciesMs: [3, 1], cpuMs: 4, statements: 6, refused: 1, settledAfterMs: 20 }),
			slice({ latenciesMs: [2, 4], cpuMs: 8, statements: 6, failures: [{ status: 500, body: "no" }] }),
		];

		expect(summary(slices)).toEqual({
			...{ requests: 4, perSecond: 2, p50Ms: 2, p99Ms: 4, cpuMsPerRequest: 3, statementsPerRequest: 3 },
			...{ refused: 1, errors: 1, firstError: "500 no", settledAfterMs: 20 },
		});
	});

	const orders = { subject: "orders", connections: 16, goal: { ratio: 0.5, statementsPerRequest: 30 } } as const;

	it.each([
		["meets its goal at the promised ratio and statements", 2, 60, true],
		["misses it below the ratio", 1, 30, false],
		["misses it with more statements", 2, 62, false],
	])("%s", (_rule, answers, statements, isGoalMet) => {
		const ours = slice({ latenciesMs: new Array<number>(answers).fill(1), statements });
		const floors = slice({ latenciesMs: [1, 1, 1, 1] });

		expect(resultOf(orders, [ours], [floors])).toMatchObject({ name: "orders@16", ratio: answers / 4, isGoalMet });
	});

	it("says nothing about a goal where none is set", () => {
		expect(resultOf({ subject: "list", connections: 1 }, [slice({})], [slice({})]).isGoalMet).toBeUndefined();
	});
});

describe("a quantile", () => {
	it("is the value that so many are not above", () => {
		const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

		expect([quantile(hundred, 0.5), quantile(hundred, 0.99), quantile([7], 0.99)]).toEqual([50, 99, 7]);
		expect(quantile([], 0.5)).toBeNaN();
	});
});
