import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

const DATABASE_URL = "postgres://localhost:5432";

describe("config", () => {
	it("needs nothing but a database", () => {
		expect(config({ DATABASE_URL })).toEqual({
			databaseUrl: "postgres://localhost:5432/stoa_orders",
			holdMs: 15 * 60_000,
			answerWithinMs: 3_000,
			checkoutDeadlineMs: 60_000,
		});
	});

	it("takes what it is given", () => {
		expect(
			config({
				ORDER_DATABASE_URL: "postgres://localhost/own",
				ORDER_HOLD_MINUTES: "0.5",
				ORDER_ANSWER_WITHIN_MS: "200",
				ORDER_CHECKOUT_DEADLINE_MS: "1000",
			}),
		).toEqual({
			databaseUrl: "postgres://localhost/own",
			holdMs: 30_000,
			answerWithinMs: 200,
			checkoutDeadlineMs: 1_000,
		});
	});

	it("names every problem at once", () => {
		expect(() => config({ ORDER_HOLD_MINUTES: "-1", ORDER_ANSWER_WITHIN_MS: "soon" })).toThrow(
			/DATABASE_URL: is required[^]*ORDER_HOLD_MINUTES[^]*ORDER_ANSWER_WITHIN_MS/,
		);
	});
});
