import { describe, expect, it } from "@jest/globals";
import { randomFrom } from "../trial/random.ts";
import { NAMES, nameOf, PROCESSES } from "./faults.ts";
import { requiredHits, scheduleOf } from "./schedule.ts";

const schedule = (minutes: number, seed: number) => scheduleOf(minutes, randomFrom(seed));

describe("a schedule", () => {
	it("is the same for a seed, and another for another", () => {
		expect(schedule(5, 7)).toEqual(schedule(5, 7));
		expect(schedule(5, 7)).not.toEqual(schedule(5, 8));
	});

	it.each([2, 5, 45])("of %s minutes has every fault and every failpoint often enough", (minutes) => {
		const names = schedule(minutes, 1).map(({ fault }) => nameOf(fault));
		for (const name of NAMES)
			expect(names.filter((each) => each === name).length).toBeGreaterThanOrEqual(requiredHits(minutes));
	});

	it("kills every kind of process", () => {
		for (const seed of [1, 2, 3]) {
			const killed = schedule(2, seed).flatMap(({ fault }) => (fault.kind === "kill" ? [fault.victim] : []));
			expect(new Set(killed)).toEqual(new Set(Object.keys(PROCESSES)));
		}
	});

	it("goes through time in order, and leaves an end in peace", () => {
		const times = schedule(5, 3).map(({ atMs }) => atMs);
		expect(times).toEqual([...times].sort((one, other) => one - other));
		expect(times.at(-1)).toBeLessThan(290_000);
	});

	it.each([
		[1, 1],
		[2, 1],
		[5, 3],
		[45, 3],
	])("of %s minutes demands %s hits", (minutes, hits) => {
		expect(requiredHits(minutes)).toBe(hits);
	});
});
