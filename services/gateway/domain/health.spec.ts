import { describe, expect, it } from "@jest/globals";
import { stateOf, worstOf } from "./health.ts";

describe("health", () => {
	it("is that of the worst service", () => {
		expect(worstOf(["healthy", "healthy"])).toBe("healthy");
		expect(worstOf(["healthy", "degraded"])).toBe("degraded");
		expect(worstOf(["degraded", "unhealthy"])).toBe("unhealthy");
	});

	it("is degraded when a service is slow", () => {
		expect(stateOf("healthy", 500)).toBe("healthy");
		expect(stateOf("healthy", 501)).toBe("degraded");
		expect(stateOf("unhealthy", 900)).toBe("unhealthy");
	});
});
