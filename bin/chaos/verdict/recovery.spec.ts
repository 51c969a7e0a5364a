import { describe, expect, it } from "@jest/globals";
import { percentile, recoveriesOf, recovery } from "./recovery.ts";

const fault = (beganMs: number, healedMs: number) => ({ name: "kill", beganMs, healedMs });
const order = (startedMs: number, answeredMs: number) => ({ startedMs, answeredMs });

describe("the recovery of an order", () => {
	it.each([
		["counts from the healing of the fault it met", [order(10, 250)], [50]],
		["counts from its own start, when it began just before the end", [order(199, 230)], [30]],
		["is none for one that was answered in spite of the fault", [order(90, 150)], [0]],
		["is not asked of one that met none", [order(10, 90), order(200, 900)], []],
	])("%s", (_what, orders, expected) => {
		expect(recoveriesOf(orders, [fault(100, 200)])).toEqual(expected);
	});

	it("counts from the last fault that was healed before its answer", () => {
		expect(recoveriesOf([order(10, 500)], [fault(100, 200), fault(150, 450), fault(480, 600)])).toEqual([50]);
	});
});

describe("recovery", () => {
	const orders = (late: number, all: number) => [
		...Array<number>(all - late).fill(0),
		...Array<number>(late).fill(30_001),
	];

	it("lets one order in a hundred wait longer, and no more", async () => {
		expect(await recovery.violations({ recoveries: orders(1, 100) })).toEqual([]);
		expect(await recovery.violations({ recoveries: orders(2, 100) })).toEqual(["2 of 100 orders had to wait longer"]);
	});

	it("has percentiles", () => {
		expect([0.5, 0.99, 1].map((part) => percentile([1, 2, 3, 4], part))).toEqual([2, 4, 4]);
		expect(percentile([], 0.5)).toBe(0);
	});
});
