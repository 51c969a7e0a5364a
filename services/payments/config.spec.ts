import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

const DATABASE_URL = "postgres://localhost:5432";

describe("config", () => {
	it("needs nothing but a database", () => {
		expect(config({ DATABASE_URL })).toEqual({
			databaseUrl: "postgres://localhost:5432/stoa_payments",
			providerTimeoutMs: 5_000,
			providerUrl: undefined,
			testJournal: undefined,
			stripe: undefined,
			webhookSecrets: [],
		});
	});

	it("takes Stripe as the provider, whose secret key it needs then", () => {
		const env = { DATABASE_URL, PAYMENT_PROVIDER: "stripe", STRIPE_SECRET_KEY: "sk_test_1" };

		expect(config(env).stripe).toEqual({ secretKey: "sk_test_1", apiUrl: undefined });
		expect(config({ ...env, PAYMENT_PROVIDER: "test" }).stripe).toBeUndefined();
		expect(() => config({ ...env, STRIPE_SECRET_KEY: "" })).toThrow(/STRIPE_SECRET_KEY: is required with/);
		expect(() => config({ ...env, STRIPE_SECRET_KEY: "pk_live_1" })).toThrow(/STRIPE_SECRET_KEY: is a secret key/);
		expect(() => config({ ...env, PAYMENT_PROVIDER: "paypal" })).toThrow(/PAYMENT_PROVIDER: is test or stripe/);
	});

	it("takes several webhook secrets, for the time in which one replaces another", () => {
		expect(config({ DATABASE_URL, STRIPE_WEBHOOK_SECRET: "whsec_1, whsec_2" }).webhookSecrets).toEqual([
			"whsec_1",
			"whsec_2",
		]);
	});

	it("takes a provider that is reached over HTTP", () => {
		const url = "http://localhost:3010";

		expect(config({ DATABASE_URL, PAYMENT_PROVIDER_URL: url }).providerUrl).toBe(url);
		expect(() => config({ DATABASE_URL, PAYMENT_PROVIDER_URL: "localhost:3010" })).toThrow(
			/PAYMENT_PROVIDER_URL: is a URL/,
		);
	});

	it("keeps the test provider's journal in the data folder, or where it is told to", () => {
		const env = { DATABASE_URL, STOA_HOME: "/data" };

		expect(config(env).testJournal).toBe("/data/payments/test-provider.jsonl");
		expect(config({ ...env, PAYMENT_TEST_JOURNAL: "journal.jsonl" }).testJournal).toBe("journal.jsonl");
	});

	it("names every problem at once", () => {
		expect(() => config({ PAYMENT_PROVIDER_TIMEOUT_MS: "soon" })).toThrow(
			/DATABASE_URL: is required[^]*PAYMENT_PROVIDER_TIMEOUT_MS/,
		);
	});
});
