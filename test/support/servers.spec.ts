import { describe, expect, it } from "@jest/globals";
import { absentOf, describeWith } from "./servers.ts";

const redis = { STOA_TEST_REDIS_URL: "redis://localhost:1", STOA_TEST_TLS_REDIS_URL: "rediss://localhost:2" };

describe("a test that needs servers", () => {
	it("has those that the run names, plainly and over TLS", () => {
		expect(absentOf(["redis"], redis)).toEqual([]);
		expect(absentOf(["redis", "rabbitmq"], redis)).toEqual(["rabbitmq"]);
		expect(absentOf(["redis"], { ...redis, STOA_TEST_TLS_REDIS_URL: "" })).toEqual(["redis"]);
	});

	it("fails instead of being skipped where CI is true", () => {
		const { CI, STOA_TEST_RABBITMQ_URL } = process.env;
		Object.assign(process.env, { CI: "true", STOA_TEST_RABBITMQ_URL: "" });
		try {
			expect(() => describeWith(["rabbitmq"], "retries", () => undefined)).toThrow(/"retries" needs rabbitmq.*skipped/);
		} finally {
			process.env.CI = CI ?? "";
			process.env.STOA_TEST_RABBITMQ_URL = STOA_TEST_RABBITMQ_URL ?? "";
		}
	});
});
