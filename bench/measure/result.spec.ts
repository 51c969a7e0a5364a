import { describe, expect, it } from "@jest/globals";
import type { Cell, SideName } from "../cells.ts";
import { quantile, resultOf, summary } from "./result.ts";
import type { Measured, Slices } from "./result.ts";

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

		expect(summary({ name: "laptop", slices })).toEqual({
			...{ name: "laptop", requests: 4, perSecond: 2, p50Ms: 2, p99Ms: 4, cpuMsPerRequest: 3, statementsPerRequest: 3 },
			...{ refused: 1, errors: 1, firstError: "500 no", settledAfterMs: 20 },
		});
	});

	const answering = (name: SideName, answers: number, statements = 1): Slices => ({
		name,
		slices: [slice({ latenciesMs: new Array<number>(answers).fill(1), statements })],
	});
	const orders: Cell = {
		...{ subject: "orders", connections: 16, sides: ["laptop", "floor"] },
		goal: { ratio: 0.5, statementsPerRequest: 30 },
	};

	it.each([
		["meets its goal at the promised ratio and statements", 2, 60, true],
		["misses it below the ratio", 1, 30, false],
		["misses it with more statements", 2, 62, false],
	])("%s", (_rule, answers, statements, isGoalMet) => {
		const result = resultOf(orders, [answering("laptop", answers, statements), answering("floor", 4)]);

		expect(result).toMatchObject({ name: "orders@16", ratios: { floor: answers / 4 }, isGoalMet });
	});

	it("sets the first side beside each of the others, and says nothing about a goal where none is set", () => {
		const cell: Cell = { subject: "list", connections: 1, sides: ["cluster", "laptop", "echo"] };
		const result = resultOf(cell, [answering("cluster", 2), answering("laptop", 8), answering("echo", 4)]);

		expect(result.ratios).toEqual({ laptop: 0.25, echo: 0.5 });
		expect(result.isGoalMet).toBeUndefined();
	});
});

describe("a quantile", () => {
	it("is the value that so many are not above", () => {
		const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

		expect([quantile(hundred, 0.5), quantile(hundred, 0.99), quantile([7], 0.99)]).toEqual([50, 99, 7]);
		expect(quantile([], 0.5)).toBeNaN();
	});
});
