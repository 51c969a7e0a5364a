import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

const PRODUCT_DATABASE_URL = "postgres://db/products";

describe("the environment of products", () => {
	it("needs a database, and nothing else", () => {
		expect(config({ PRODUCT_DATABASE_URL })).toEqual({
			databaseUrl: PRODUCT_DATABASE_URL,
			currency: "EUR",
			sweepEveryMs: 10_000,
			graceMs: 60_000,
		});
	});

	it("opens stoa_products on a server", () => {
		expect(config({ DATABASE_URL: "postgres://db/x" }).databaseUrl).toBe("postgres://db/stoa_products");
	});

	it("reports every problem at once", () => {
		const wrong = { CURRENCY: "euro", RESERVATION_SWEEP_SECONDS: "0", RESERVATION_GRACE_SECONDS: "soon" };

		expect(() => config(wrong)).toThrow(/DATABASE_URL: is required.*CURRENCY: must be.*SWEEP_SECONDS.*GRACE_SECONDS/s);
	});
});
