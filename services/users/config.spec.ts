import { describe, expect, it } from "@jest/globals";
import { config } from "./config.ts";

const JWT_SECRET = "thirty-two bytes of a test secret";
const problemsOf = (env: NodeJS.ProcessEnv): unknown => {
	try {
		return config(env);
	} catch (error) {
		return (error as { problems: unknown }).problems;
	}
};

describe("the configuration of users", () => {
	it("opens its own database on the server", () => {
		expect(config({ DATABASE_URL: "postgres://db:5432", JWT_SECRET })).toEqual({
			databaseUrl: "postgres://db:5432/stoa_users",
			jwtSecret: JWT_SECRET,
			publicUrl: "http://localhost:3000",
			namespace: "stoa",
		});
	});

	it("counts failed logins in the Redis of the cluster", () => {
		const env = { DATABASE_URL: "postgres://db:5432", JWT_SECRET, REDIS_URL: "redis://cache", STOA_NAMESPACE: "shop" };

		expect(config(env)).toMatchObject({ redisUrl: "redis://cache", namespace: "shop" });
	});

	it("puts the shop's public address before links, without a slash at its end", () => {
		const env = { DATABASE_URL: "postgres://db:5432", JWT_SECRET };

		expect(config({ ...env, PUBLIC_URL: "https://shop.example/" }).publicUrl).toBe("https://shop.example");
		expect(problemsOf({ ...env, PUBLIC_URL: "ftp://shop" })).toEqual([
			expect.stringMatching(/^PUBLIC_URL: is the http/),
		]);
	});

	it("names every missing variable at once, and how to make the secret", () => {
		expect(problemsOf({})).toEqual([
			expect.stringMatching(/^DATABASE_URL: is required/),
			expect.stringMatching(/^JWT_SECRET: is required .* openssl rand/),
		]);
	});

	it("refuses a secret of fewer than 32 bytes", () => {
		const env = { DATABASE_URL: "postgres://db:5432" };

		expect(problemsOf({ ...env, JWT_SECRET: "x".repeat(31) })).toEqual([expect.stringContaining("32 bytes")]);
		expect(problemsOf({ ...env, JWT_SECRET: "é".repeat(16) })).toMatchObject({ jwtSecret: "é".repeat(16) });
	});
});
