import { describe, expect, it } from "@jest/globals";
import { healthAfter } from "./canary-health.ts";

describe("the health of the bus", () => {
	it.each([
		[0, "healthy"],
		[10_000, "healthy"],
		[10_001, "degraded"],
		[30_000, "degraded"],
		[30_001, "unhealthy"],
		[Infinity, "unhealthy"],
	])("%s ms after the last canary that came back is %s", (sinceMs, health) => {
		expect(healthAfter(sinceMs, 5_000)).toBe(health);
	});
});
