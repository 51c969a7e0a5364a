import { describe, expect, it } from "@jest/globals";
import { rateLimit } from "./rate-limit.ts";

describe("a rate limit", () => {
	it("tells how many requests are left, for each key by itself", async () => {
		const limit = rateLimit(2);
		expect(await limit("a")).toEqual(["RateLimit-Limit", "2", "RateLimit-Remaining", "1", "RateLimit-Reset", "60"]);
		expect(await limit("b")).toContain("1");
		expect(await limit("a")).toContain("0");
	});

	it("refuses what is over, with the time to wait", async () => {
		const limit = rateLimit(1);
		await limit("a");
		await expect(limit("a")).rejects.toMatchObject({
			type: "RATE_LIMITED",
			code: 429,
			data: { retryAfterSeconds: 60 },
		});
	});

	it("is looked at without being counted", async () => {
		const limit = rateLimit(1);
		for (let i = 0; i < 3; i++) await limit("a", 0);
		expect(await limit("a")).toContain("0");
		await limit("a").catch(() => undefined);
		await expect(limit("a", 0)).rejects.toMatchObject({ type: "RATE_LIMITED" });
	});

	it("is off at 0", async () => {
		const limit = rateLimit(0);
		for (let i = 0; i < 10; i++) expect(await limit("a")).toEqual([]);
	});
});
