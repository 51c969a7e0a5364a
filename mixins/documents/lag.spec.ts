import { describe, expect, it } from "@jest/globals";
import { Lag } from "./lag.ts";

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const observed = (lag: Lag, occurred: number, shown: number) => lag.observe(at(occurred).toISOString(), at(shown));

describe("the lag of a projection", () => {
	it("is the worst of the last minute", () => {
		const lag = new Lag();
		observed(lag, 0, 3);
		observed(lag, 9, 10);
		expect(lag.seconds(at(20))).toBe(3);

		observed(lag, 20, 25);
		expect(lag.seconds(at(25))).toBe(5);
	});

	it("is zero before anything happened, and when nothing has for a minute", () => {
		const lag = new Lag();
		expect(lag.seconds(at(0))).toBe(0);

		observed(lag, 0, 3);
		expect([lag.seconds(at(63)), lag.seconds(at(64))]).toEqual([3, 0]);
	});

	it("forgets an old peak for a smaller new one", () => {
		const lag = new Lag();
		observed(lag, 0, 30);
		observed(lag, 99, 100);
		expect(lag.seconds(at(100))).toBe(1);
	});

	it("is not negative where the clocks of two nodes differ", () => {
		const lag = new Lag();
		observed(lag, 5, 4);
		expect(lag.seconds(at(5))).toBe(0);
	});
});
