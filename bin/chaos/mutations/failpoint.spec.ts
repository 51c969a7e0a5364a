import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { arm, disarmAll, hitsIn, installFailpoints, prepareFailpoints } from "./failpoint.ts";

const POINT = "after effect, before ack";
const deaths: string[] = [];
let folder = "";

const reach = (point = POINT) => (globalThis as unknown as { stoaFailpoint(point: string): void }).stoaFailpoint(point);

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "stoa-failpoint-"));
	prepareFailpoints(folder);
	installFailpoints(folder, "orders", () => deaths.push(POINT));
});
afterEach(() => {
	deaths.splice(0);
	rmSync(folder, { recursive: true });
});

describe("a failpoint", () => {
	it("does nothing while it is not armed", () => {
		reach();
		arm(folder, "another");
		reach();
		expect(deaths).toEqual([]);
	});

	it("lets one process die, and is noted before", () => {
		arm(folder, POINT);
		reach();
		reach();

		expect(deaths).toEqual([POINT]);
		expect(hitsIn(folder)).toEqual([{ point: POINT, pid: process.pid, at: expect.any(String) }]);
	});

	it("may be meant for one kind of process", () => {
		arm(folder, POINT, "payments");
		reach();
		expect(deaths).toEqual([]);

		arm(folder, POINT, "orders");
		reach();
		expect(deaths).toEqual([POINT]);
	});

	it("can be armed again, and disarmed", () => {
		for (const times of [1, 2]) {
			arm(folder, POINT);
			reach();
			expect(hitsIn(folder)).toHaveLength(times);
		}
		arm(folder, POINT);
		disarmAll(folder);
		reach();
		expect(deaths).toHaveLength(2);
	});
});
