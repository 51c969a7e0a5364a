import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

const KEY = Buffer.alloc(32, 7).toString("base64url");
const DATABASE_URL = "postgres://localhost:5432";

describe("config", () => {
	it("needs a database and a key, and gives an endpoint five days", () => {
		expect(config({ DATABASE_URL, WEBHOOK_ENCRYPTION_KEY: KEY })).toEqual({
			databaseUrl: "postgres://localhost:5432/stoa_webhooks",
			encryptionKeys: [Buffer.alloc(32, 7)],
			disableAfterMs: 432_000_000,
			timeoutMs: 10_000,
			rules: { isLoopbackOpen: true, allowedOrigins: new Set() },
		});
	});

	it("takes the key before behind a comma", () => {
		const keys = `${KEY}, ${Buffer.alloc(32, 8).toString("base64url")}`;

		expect(config({ DATABASE_URL, WEBHOOK_ENCRYPTION_KEY: keys }).encryptionKeys).toHaveLength(2);
	});

	it("keeps a cluster from its own network", () => {
		const env = { DATABASE_URL, WEBHOOK_ENCRYPTION_KEY: KEY, REDIS_URL: "redis://redis" };

		expect(config(env).rules.isLoopbackOpen).toBe(false);
	});

	it("names every problem at once", () => {
		expect(() => config({})).toThrow(/DATABASE_URL: is required[^]*WEBHOOK_ENCRYPTION_KEY: is required: 32 bytes/);
		expect(() => config({ DATABASE_URL, WEBHOOK_ENCRYPTION_KEY: "short" })).toThrow(/WEBHOOK_ENCRYPTION_KEY/);
	});
});
