import { describe, expect, it } from "@jest/globals";
import { admits, CLOSED, faulted } from "./breaker.ts";

const after = (faults: number, nowMs = 0) =>
	Array.from({ length: faults }).reduce<typeof CLOSED>((breaker) => faulted(breaker, nowMs), CLOSED);

describe("a provider's breaker", () => {
	it("admits all until five faults in a row", () => {
		expect(admits(after(4), 0)).toBe("all");
		expect(admits(after(5), 0)).toBe("none");
	});

	it("admits one after a rest, to find out", () => {
		expect(admits(after(5), 4_999)).toBe("none");
		expect(admits(after(5), 5_000)).toBe("one");
	});

	it("rests longer each time that is in vain, up to a minute", () => {
		expect([5, 6, 7, 8, 9, 20].map((faults) => after(faults).restsUntilMs)).toEqual([
			...[5_000, 10_000, 20_000, 40_000, 60_000, 60_000],
		]);
	});
});
