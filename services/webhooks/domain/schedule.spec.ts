import { describe, expect, it } from "@jest/globals";
import { askedMs, waitMs, WAITS_MS } from "./schedule.ts";

const HOUR_MS = 3_600_000;
const NOW = new Date("2026-03-01T10:00:00.000Z");
const total = (random: number) => WAITS_MS.reduce((sum, _, index) => sum + waitMs(index + 1, 0, { random })!, 0);

describe("the tries of a delivery", () => {
	it("go on for three days, give or take what chance adds", () => {
		expect(total(0.5) / HOUR_MS).toBeCloseTo(72, -1);
		expect(total(0) / HOUR_MS).toBeGreaterThan(56);
		expect(total(0.999) / HOUR_MS).toBeLessThan(87);
	});

	it("come ever more seldom, until the last", () => {
		const waits = WAITS_MS.slice(0, -1);
		expect([...waits].sort((a, b) => a - b)).toEqual(waits);
		expect(waitMs(WAITS_MS.length + 1, 0, { random: 0.5 })).toBeUndefined();
	});

	it("never come together again for deliveries that failed together", () => {
		expect(waitMs(2, 0, { random: 0 })).toBe(48_000);
		expect(waitMs(2, 0, { random: 0.5 })).toBe(60_000);
		expect(waitMs(2, 0, { random: 1 })).toBe(72_000);
	});

	it("wait as long as the receiver asks, up to a day", () => {
		expect(waitMs(1, 90_000, { random: 0.5 })).toBe(90_000);
		expect(waitMs(1, 5_000, { random: 0.5 })).toBe(10_000);
		expect(waitMs(1, 1_000 * HOUR_MS, { random: 0.5 })).toBe(24 * HOUR_MS);
	});
});

describe("Retry-After", () => {
	it.each([
		["120", 120_000],
		["Sun, 01 Mar 2026 10:00:30 GMT", 30_000],
		["Sun, 01 Mar 2026 09:00:00 GMT", 0],
		["soon", 0],
		["-5", 0],
		[undefined, 0],
	])("%s asks for %i ms", (given, ms) => {
		expect(askedMs(given, NOW)).toBe(ms);
	});
});
