import { describe, expect, it } from "@jest/globals";
import type { SideName } from "../cells.ts";
import type { SideResult } from "../measure/result.ts";
import { table } from "./table.ts";

const side = (name: SideName, perSecond: number): SideResult => ({
	...{ name, requests: 10, perSecond, p50Ms: 1, p99Ms: 2, cpuMsPerRequest: 0.5, statementsPerRequest: 25 },
	...{ refused: 0, errors: 0, settledAfterMs: 0 },
});

describe("the table of results", () => {
	const cell = { name: "orders@16", sides: [side("laptop", 400), side("floor", 4_000)], ratios: { floor: 0.1 } };

	it("shows both sides of a cell with the ratio and whether the goal is met", () => {
		const goal = { ratio: 0.06, statementsPerRequest: 30 };
		const [header, laptop, floor] = table([{ ...cell, goal, isGoalMet: true }]).split("\n");

		expect(header).toMatch(/requests\/s +p50 ms +p99 ms +CPU ms\/request +SQL\/request .* \/ floor +goal$/);
		expect(laptop).toMatch(
			/^orders@16 +laptop +400 +1\.00 +2\.00 +0\.500 +25\.00 +0 +0 +0\.100 +≥ 0\.06, ≤ 30 SQL: met$/,
		);
		expect(floor).toMatch(/^ +floor +4,000 /);
	});

	it("shouts when a goal is missed", () => {
		expect(table([{ ...cell, goal: { ratio: 0.4 }, isGoalMet: false }])).toContain("≥ 0.4: MISSED");
	});

	it("has a ratio for each other side, under its name, and leaves out what a cell does not compare", () => {
		const sides = [side("cluster", 300), side("laptop", 1_000), side("echo", 600)];
		const read = { name: "list@32", sides, ratios: { laptop: 0.3, echo: 0.5 } };
		const order = { name: "orders@16", sides: sides.slice(0, 2), ratios: { laptop: 0.3 } };
		const [header, ...lines] = table([read, order]).split("\n");

		expect(header).toMatch(/errors +\/ laptop +\/ echo$/);
		expect(lines[0]).toMatch(/^list@32 +cluster .* 0\.300 +0\.500$/);
		expect(lines[3]).toMatch(/^orders@16 +cluster .* 0 +0\.300$/);
		expect(lines.map((line) => line.length)).toContain(header?.length);
	});
});
