import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

const PRODUCT_DATABASE_URL = "postgres://db/products";

describe("the environment of products", () => {
	it("needs a database, and nothing else", () => {
		expect(config({ PRODUCT_DATABASE_URL })).toEqual({
			databaseUrl: PRODUCT_DATABASE_URL,
			mongodb: undefined,
			currency: "EUR",
			csvDelimiter: ",",
			sweepEveryMs: 10_000,
			graceMs: 60_000,
			cacheMs: 900,
		});
	});

	it("opens stoa_products on a server", () => {
		expect(config({ DATABASE_URL: "postgres://db/x" }).databaseUrl).toBe("postgres://db/stoa_products");
	});

	it.each([
		["mongodb://db", undefined, "stoa"],
		["mongodb://db/shop?tls=true", undefined, "shop"],
		["mongodb://one:1,two:2/shop?replicaSet=rs", "trial", "trial"],
		["mongodb+srv://user:word@db/", undefined, "stoa"],
	])("puts the catalogue into MongoDB at %s, namespace %s, as database %s", (url, namespace, database) => {
		const env = { PRODUCT_DATABASE_URL, MONGODB_URL: url, STOA_NAMESPACE: namespace };
		expect(config(env).mongodb).toEqual({ url, database });
	});

	it("reports every problem at once", () => {
		const wrong = {
			CURRENCY: "euro",
			MONGODB_URL: "localhost:27017",
			RESERVATION_SWEEP_SECONDS: "0",
			RESERVATION_GRACE_SECONDS: "soon",
			PRODUCT_CACHE_MS: "1000",
		};

		expect(() => config(wrong)).toThrow(
			/DATABASE_URL: is required.*MONGODB_URL: is a URL.*CURRENCY: must be.*SWEEP_SECONDS.*GRACE_SECONDS.*CACHE_MS: must be below 1000/s,
		);
	});
});
