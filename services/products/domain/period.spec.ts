import { describe, expect, it } from "@jest/globals";
import { periodOf } from "./period.ts";

const now = new Date("2026-03-01T12:00:00Z");

describe("the days of an analysis", () => {
	it.each([
		[{}, { from: "2026-01-31", to: "2026-03-01" }],
		[{ to: "2026-01-30" }, { from: "2026-01-01", to: "2026-01-30" }],
		[{ from: "2026-02-28" }, { from: "2026-02-28", to: "2026-03-01" }],
		[{ from: "2026-04-01" }, { from: "2026-04-01", to: "2026-04-01" }],
		[
			{ from: "2025-03-01", to: "2026-03-01" },
			{ from: "2025-03-01", to: "2026-03-01" },
		],
	])("of %j are %j", (given, period) => {
		expect(periodOf(given, now)).toEqual(period);
	});

	it("are no more than one answer shows", () => {
		expect(() => periodOf({ from: "2025-02-28", to: "2026-03-01" }, now)).toThrow(
			expect.objectContaining({ type: "VALIDATION_FAILED" }),
		);
	});
});
