import { describe, expect, it } from "@jest/globals";
import type { SideResult } from "../measure/result.ts";
import { table } from "./table.ts";

const side = (perSecond: number): SideResult => ({
	...{ requests: 10, perSecond, p50Ms: 1, p99Ms: 2, cpuMsPerRequest: 0.5, statementsPerRequest: 25 },
	...{ refused: 0, errors: 0, settledAfterMs: 0 },
});

describe("the table of results", () => {
	const cell = { name: "orders@16", stoa: side(400), floor: side(4_000), ratio: 0.1 };

	it("shows both sides of a cell with the ratio and whether the goal is met", () => {
		const goal = { ratio: 0.06, statementsPerRequest: 30 };
		const [header, stoa, floor] = table([{ ...cell, goal, isGoalMet: true }]).split("\n");

		expect(header).toMatch(/requests\/s +p50 ms +p99 ms +CPU ms\/request +SQL\/request/);
		expect(stoa).toMatch(/^orders@16 +Stoa +400 +1\.00 +2\.00 +0\.500 +25\.00 +0 +0 +0\.100 +≥ 0\.06, ≤ 30 SQL: met$/);
		expect(floor).toMatch(/^ +floor +4,000 /);
	});

	it("shouts when a goal is missed", () => {
		expect(table([{ ...cell, goal: { ratio: 0.4 }, isGoalMet: false }])).toContain("≥ 0.4: MISSED");
	});
});
