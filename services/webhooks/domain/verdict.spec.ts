import { describe, expect, it } from "@jest/globals";
import { WAITS_MS } from "./schedule.ts";
import { judge } from "./verdict.ts";

const DAY_MS = 86_400_000;
const NOW = new Date("2026-03-10T10:00:00.000Z");
const terms = { now: NOW, random: 0.5, disableAfterMs: 5 * DAY_MS };
const first = { tries: 1, failingSince: null };
const answered = (statusCode: number) => ({ statusCode, askedMs: 0 });
const silent = { statusCode: null, error: "TIMED_OUT" } as const;

describe("an attempt", () => {
	it.each([200, 201, 204, 299])("that is answered with %i has delivered", (status) => {
		expect(judge(answered(status), first, terms)).toEqual({
			...{ status: "delivered", retryAfterMs: null, isWell: true, disables: null },
		});
	});

	it.each([100, 301, 302, 400, 401, 404, 429, 500, 503])("that is answered with %i is repeated", (status) => {
		expect(judge(answered(status), first, terms)).toEqual({
			...{ status: "pending", retryAfterMs: WAITS_MS[0], isWell: false, disables: null },
		});
	});

	it("that is not answered is repeated", () => {
		expect(judge(silent, first, terms)).toMatchObject({ status: "pending", isWell: false });
	});

	it("that is answered with 410 is the last for its endpoint", () => {
		expect(judge(answered(410), first, terms)).toMatchObject({
			status: "failed",
			disables: "gone",
			retryAfterMs: null,
		});
	});

	it("that was the last of three days gives its delivery up, not its endpoint", () => {
		const last = { tries: WAITS_MS.length + 1, failingSince: new Date(NOW.getTime() - 3 * DAY_MS) };

		expect(judge(silent, last, terms)).toMatchObject({ status: "failed", retryAfterMs: null, disables: null });
	});

	it("that fails after five days of nothing but failures is the last for its endpoint", () => {
		const since = (days: number) => ({ tries: 1, failingSince: new Date(NOW.getTime() - days * DAY_MS) });

		expect(judge(silent, since(4.9), terms).disables).toBeNull();
		expect(judge(silent, since(5), terms)).toMatchObject({ disables: "failing", status: "pending" });
		expect(judge(answered(200), since(9), terms).disables).toBeNull();
	});
});
