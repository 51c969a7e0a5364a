import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

describe("a cluster's own settings", () => {
	it("want the provider that all payments nodes share, unless Stripe is it", () => {
		expect(() => config(["payments"], {})).toThrow("PAYMENT_PROVIDER_URL: is required");
		expect(() => config(["payments"], { PAYMENT_PROVIDER: "test", PAYMENT_PROVIDER_URL: "" })).toThrow(
			"PAYMENT_PROVIDER_URL: is required",
		);
		expect(config(["payments"], { PAYMENT_PROVIDER_URL: "http://provider" })).toEqual({ waitMs: 60_000 });
		expect(config(["payments"], { PAYMENT_PROVIDER: "stripe" })).toEqual({ waitMs: 60_000 });
	});

	it("want no provider of payments where there are none", () => {
		expect(config(["orders"], { START_WAIT_SECONDS: "5" })).toEqual({ waitMs: 5_000 });
	});
});
