import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { quietUntil } from "./quiet-hours.ts";

const NIGHT = { from: "22:00", to: "07:00" };
const until = (now: string, hours = NIGHT, timezone = "Europe/Berlin") =>
	quietUntil(new Date(now), hours, timezone)?.toISOString() ?? null;

describe("quiet hours", () => {
	it.each([
		["before they begin", "2026-01-10T20:59:59Z", null],
		["when they begin", "2026-01-10T21:00:00Z", "2026-01-11T06:00:00.000Z"],
		["after midnight", "2026-01-11T00:30:12Z", "2026-01-11T06:00:00.000Z"],
		["in their last second", "2026-01-11T05:59:59Z", "2026-01-11T06:00:00.000Z"],
		["when they are over", "2026-01-11T06:00:00Z", null],
	])("are those of the clock where the user is: %s", (_when, now, expected) => {
		expect(until(now)).toBe(expected);
	});

	it("may lie within one day", () => {
		const noon = { from: "12:00", to: "14:00" };
		expect(until("2026-01-10T11:30:00Z", noon)).toBe("2026-01-10T13:00:00.000Z");
		expect(until("2026-01-10T13:30:00Z", noon)).toBeNull();
	});

	it("are an hour shorter in the night in which an hour is skipped", () => {
		expect(until("2026-03-28T21:00:00Z")).toBe("2026-03-29T05:00:00.000Z");
	});

	it("are an hour longer in the night in which an hour comes twice", () => {
		expect(until("2026-10-24T20:00:00Z")).toBe("2026-10-25T06:00:00.000Z");
	});

	it("end where the clocks go on when their end is skipped", () => {
		expect(until("2026-03-29T00:30:00Z", { from: "01:00", to: "02:30" })).toBe("2026-03-29T01:00:00.000Z");
	});

	it("count in UTC where the zone is not known", () => {
		expect(until("2026-01-10T22:30:00Z", NIGHT, "Mars/Olympus")).toBe("2026-01-11T07:00:00.000Z");
	});

	it("end in the first minute that is not quiet, on any day and in any zone", () => {
		const minute = fc.integer({ min: 0, max: 1_439 });
		const zone = fc.constantFrom("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC");
		const moment = fc.date({ min: new Date("2026-01-01"), max: new Date("2027-12-31"), noInvalidDate: true });
		const time = (at: number) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;

		fc.assert(
			fc.property(moment, minute, minute, zone, (now, from, to, timezone) => {
				fc.pre(from !== to);
				const hours = { from: time(from), to: time(to) };
				const end = quietUntil(now, hours, timezone);
				if (end === undefined) return;
				expect(quietUntil(end, hours, timezone)).toBeUndefined();
				const minuteBefore = new Date(end.getTime() - 60_000);
				if (minuteBefore >= now) expect(quietUntil(minuteBefore, hours, timezone)).toEqual(end);
			}),
			{ numRuns: 300 },
		);
	});
});
