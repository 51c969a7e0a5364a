import { describe, expect, it } from "@jest/globals";
import { shellLines, stoaEnvironment, testEnvironment } from "./environment.ts";
import { failuresOf, sitesOf } from "./shared.ts";

const sites = sitesOf({ STOA_SERVICES_HOME: "/servers", STOA_SERVICES_PORT_BASE: "5000" });

describe("the variables that name the servers", () => {
	it("are those that Stoa reads", () => {
		expect(stoaEnvironment(sites)).toEqual({
			DATABASE_URL: "postgres://postgres@127.0.0.1:5000/postgres",
			REDIS_URL: "redis://127.0.0.1:5001",
			RABBITMQ_URL: "amqp://guest:guest@127.0.0.1:5003",
			NATS_SERVERS: "nats://127.0.0.1:5008",
			MONGODB_URL: "mongodb://127.0.0.1:5012",
		});
	});

	it("tell the tests of the servers that are up, and of no other", () => {
		expect(testEnvironment(sites, ["redis", "nats-tls"])).toEqual({
			STOA_TEST_REDIS_URL: "redis://127.0.0.1:5001",
			STOA_TEST_TLS_REDIS_URL: "rediss://localhost:5002",
			STOA_TEST_TLS_NATS_URL: "tls://localhost:5010",
			STOA_TEST_CA_FILE: "/servers/certificates/ca.crt",
		});
	});

	it("have PostgreSQL's certificate checked, its name too", () => {
		expect(testEnvironment(sites, ["postgres"]).STOA_TEST_TLS_DATABASE_URL).toContain("sslmode=verify-full");
	});

	it("are lines that a shell takes as they are meant", () => {
		expect(shellLines({ ONE: "a b", TWO: "it's $HOME" })).toBe(`ONE='a b'\nTWO='it'\\''s $HOME'`);
	});
});

it("names servers that fail for the same reason together", () => {
	const outcomes = [
		{ name: "redis", failure: "no root" },
		{ name: "nats", failure: undefined },
		{ name: "rabbitmq", failure: "no root" },
	] as const;

	expect(failuresOf(outcomes)).toEqual(["redis, rabbitmq: no root"]);
});
