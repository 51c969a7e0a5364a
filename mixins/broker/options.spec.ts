import { describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import type { Middleware } from "moleculer";
import { brokerOptions } from "./options.ts";

const KEY = "k".repeat(43);
const CLUSTER = { REDIS_URL: "redis://redis", RABBITMQ_URL: "amqp://rabbit", ORDER_SERVICE_KEY: KEY };

type Factory = (broker: ServiceBroker) => Middleware;

const namesOf = async (env: NodeJS.ProcessEnv) => {
	const { middlewares = [] } = await brokerOptions({ METRICS: "off", ...env }, ["orders"]);
	const broker = new ServiceBroker({ logger: false });
	// Some are made when their broker is.
	const made = middlewares.map((each) => (typeof each === "function" ? (each as Factory)(broker) : each));
	return made.map((each) => (typeof each === "string" ? each : each.name));
};

describe("the broker of a laptop", () => {
	it("has neither transporter nor what guards against it", async () => {
		const options = await brokerOptions({}, ["orders"]);

		expect(options).toMatchObject({ namespace: "stoa", cacher: { type: "MemoryLRU" } });
		expect(options).not.toHaveProperty("transporter");
		expect(await namesOf({})).toEqual([
			...["ActionHook", "Validator", "Deadlines", "Cacher", "Contracts", "ContextTracker", "ErrorHandler", "EventBus"],
		]);
	});
});

describe("the broker of a cluster's node", () => {
	it("guards its calls from the inside out", async () => {
		expect(await namesOf(CLUSTER)).toEqual([
			...["ActionHook", "Validator", "Deadlines", "Bulkhead", "Cacher", "Contracts", "CallerTokens"],
			...["ContextTracker", "Timeout", "CircuitBreaker", "Retries", "ErrorHandler", "EventBus"],
		]);
	});

	it("wants its service's key and a bus that reaches other nodes, and says all of it", async () => {
		await expect(brokerOptions({ REDIS_URL: "redis://redis", EVENT_BUS: "local" }, ["orders"])).rejects.toThrow(
			"EVENT_BUS",
		);
		await expect(brokerOptions({ ...CLUSTER, ORDER_SERVICE_KEY: "" }, ["orders"])).rejects.toThrow("ORDER_SERVICE_KEY");
	});
});
