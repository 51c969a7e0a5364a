import { describe, expect, it } from "@jest/globals";
import { SETTLE_MS } from "./compare.ts";
import { dueWindow } from "./daily.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.parse("2026-03-10T06:00:00Z");
const TO_MS = NOW_MS - SETTLE_MS;
const hoursAgo = (hours: number) => new Date(TO_MS - hours * HOUR_MS);

describe("the daily comparison", () => {
	it("begins with the last two days", () => {
		expect(dueWindow(NOW_MS, null)).toEqual({ from: hoursAgo(48), to: new Date(TO_MS) });
	});

	it("is due a day after the last", () => {
		expect(dueWindow(NOW_MS, new Date(hoursAgo(24).getTime() + 1))).toBeUndefined();
		expect(dueWindow(NOW_MS, hoursAgo(24))).toEqual({ from: hoursAgo(48), to: new Date(TO_MS) });
	});

	it("makes up for days on which the provider was away", () => {
		expect(dueWindow(NOW_MS, hoursAgo(100))).toEqual({ from: hoursAgo(124), to: new Date(TO_MS) });
	});
});
