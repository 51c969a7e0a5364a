import { describe, expect, it } from "@jest/globals";
import type { Audit, Scope } from "./audit.ts";
import { reportOf } from "./auditor.ts";
import { RollingSweep, sweep } from "./sweep.ts";

const scope = { settledBefore: new Date(0) } as Scope;
const service = undefined;
const NO_TIME = -Infinity;

/** An audit of ten numbers, newest first and one a chunk, of which some are wrong. */
function numbers(wrong: Set<number>, seen: number[] = []): Audit<unknown> {
	return {
		name: "numbers",
		kinds: ["wrong"],
		async chunk(_service, _scope, after) {
			const number = after === null ? 10 : Number(after) - 1;
			seen.push(number);
			const finding = { kind: "wrong", subject: `number ${number}`, detail: "is odd", since: "" };
			return { findings: wrong.has(number) ? [finding] : [], checked: 1, next: number === 1 ? null : String(number) };
		},
	};
}

const subjects = (findings: readonly { subject: string }[]) => findings.map(({ subject }) => subject);

describe("a sweep", () => {
	it("goes to the end when there is time", async () => {
		const swept = await sweep(numbers(new Set([9, 1])), service, scope, null, Infinity);

		expect(swept).toMatchObject({ checked: 10, next: null });
		expect(subjects(swept.findings)).toEqual(["number 9", "number 1"]);
	});

	it("looks at one chunk at least, and says where to go on", async () => {
		expect(await sweep(numbers(new Set()), service, scope, null, NO_TIME)).toMatchObject({ checked: 1, next: "10" });
	});
});

describe("a rolling sweep", () => {
	it("goes on where it ended, and looks at the newest each time", async () => {
		const seen: number[] = [];
		const rolling = new RollingSweep(numbers(new Set(), seen));
		for (let turn = 0; turn < 3; turn++) await rolling.turn(service, scope, NO_TIME);

		expect(seen).toEqual([10, 10, 9, 10, 8]);
	});

	it("keeps a finding until a whole sweep has not seen it any more", async () => {
		const wrong = new Set([8, 3]);
		const rolling = new RollingSweep(numbers(wrong));
		for (let turn = 0; turn < 10; turn++) await rolling.turn(service, scope, NO_TIME);
		wrong.delete(8);
		for (let turn = 0; turn < 9; turn++) await rolling.turn(service, scope, NO_TIME);
		expect(subjects(rolling.standing())).toEqual(["number 8", "number 3"]);

		await rolling.turn(service, scope, NO_TIME);
		expect(subjects(rolling.standing())).toEqual(["number 3"]);
	});

	it("tells news at once, whatever it was at", async () => {
		const wrong = new Set<number>();
		const rolling = new RollingSweep(numbers(wrong));
		await rolling.turn(service, scope, NO_TIME);
		wrong.add(10);
		await rolling.turn(service, scope, NO_TIME);

		expect(subjects(rolling.standing())).toEqual(["number 10"]);
	});

	it("begins a turn that failed again", async () => {
		const seen: number[] = [];
		const audit = numbers(new Set(), seen);
		let isDown = false;
		const rolling = new RollingSweep<unknown>({
			...audit,
			chunk: (...parameters) => (isDown ? Promise.reject(new Error("down")) : audit.chunk(...parameters)),
		});
		await rolling.turn(service, scope, NO_TIME);
		isDown = true;
		await expect(rolling.turn(service, scope, NO_TIME)).rejects.toThrow("down");
		isDown = false;
		await rolling.turn(service, scope, NO_TIME);

		expect(seen).toEqual([10, 10, 9]);
	});
});

describe("a report", () => {
	it("tells of an audit that failed that it was not made, without what the database said", async () => {
		const faults: unknown[] = [];
		const failing = (error: Error): Audit<unknown> => ({ ...numbers(new Set()), chunk: () => Promise.reject(error) });
		const busy = Object.assign(new Error("busy"), { type: "SERVICE_BUSY" });
		const audits = [failing(new Error("relation x")), numbers(new Set([4])), failing(busy)];
		const report = await reportOf(audits, service, scope, (...fault) => void faults.push(fault));

		expect(report).toMatchObject({ isComplete: false, checked: 10, findings: [{ subject: "number 4" }] });
		expect(report.unchecked).toEqual([
			{ audit: "numbers", reason: "failed; the service's log says why" },
			{ audit: "numbers", reason: "SERVICE_BUSY" },
		]);
		expect(faults).toEqual([
			["numbers", new Error("relation x")],
			["numbers", busy],
		]);
	});
});
