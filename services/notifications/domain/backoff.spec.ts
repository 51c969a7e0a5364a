import { describe, expect, it } from "@jest/globals";
import { isPoisonous, RETRY_AFTER_MS, retryAfterMs } from "./backoff.ts";

describe("the wait before another try", () => {
	it.each(RETRY_AFTER_MS.map((waitMs, index) => [index + 1, waitMs]))(
		"after try %i is about %i ms, by chance a fifth less or more",
		(tries, waitMs) => {
			expect([0, 0.5, 1].map((chance) => retryAfterMs(tries, chance))).toEqual([waitMs * 0.8, waitMs, waitMs * 1.2]);
		},
	);

	it("ends with the fifth try", () => {
		expect(retryAfterMs(5, 0.5)).toBeUndefined();
	});
});

describe("a notification", () => {
	it("that was taken a sixth time ends whoever sends it", () => {
		expect([isPoisonous(5), isPoisonous(6)]).toEqual([false, true]);
	});
});
