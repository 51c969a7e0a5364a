import { describe, expect, it } from "@jest/globals";
import { config, isCluster } from "./config.ts";
import { nodeId } from "./node-id.ts";
import { redisOptions } from "./redis-options.ts";

describe("the configuration of a broker", () => {
	it("is that of a laptop when nothing is set", () => {
		const laptop = { redisUrl: undefined, namespace: "stoa", logLevel: "warn", hasMetrics: true };

		expect(config({})).toEqual(laptop);
		expect(config({ REDIS_URL: "", STOA_NAMESPACE: "", LOG_LEVEL: "" })).toEqual(laptop);
		expect(isCluster({ REDIS_URL: "" })).toBe(false);
	});

	it("is that of a cluster when Redis is named", () => {
		const env = { REDIS_URL: "rediss://redis:6380", STOA_NAMESPACE: "shop-2" };

		expect(config(env)).toMatchObject({ redisUrl: "rediss://redis:6380", namespace: "shop-2" });
		expect(isCluster(env)).toBe(true);
	});

	it("names everything that is wrong at once", () => {
		const env = { REDIS_URL: "http://redis", STOA_NAMESPACE: "Shop.1", LOG_LEVEL: "loud", METRICS: "yes" };

		for (const name of Object.keys(env)) expect(() => config(env)).toThrow(`${name}: `);
	});
});

describe("a node's name", () => {
	it("says what runs there, and is another one after a restart", () => {
		expect(nodeId(["orders", "payments"])).toMatch(/^orders\+payments-[A-Za-z0-9-]+-[0-9a-f]{6}$/);
		expect(nodeId(["orders"])).not.toBe(nodeId(["orders"]));
	});
});

describe("the address of Redis", () => {
	it("is read from its URL", () => {
		const options = redisOptions("redis://stoa:p%40ss@redis.example:6380/3");

		expect(options).toMatchObject({ host: "redis.example", port: 6380, db: 3, username: "stoa", password: "p@ss" });
		expect(options).not.toHaveProperty("tls");
	});

	it("is reached over TLS when its URL says so, and on the usual port unless told", () => {
		expect(redisOptions("rediss://[::1]")).toMatchObject({ host: "::1", port: 6379, db: 0, tls: {} });
	});

	it("is tried again within a second, however long it has been away", () => {
		const { retryStrategy } = redisOptions("redis://redis");

		expect([1, 5, 1_000].map((attempt) => retryStrategy?.(attempt))).toEqual([100, 500, 1_000]);
	});
});
