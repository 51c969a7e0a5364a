import { describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import { busConfig, chooseBus } from "./choose-bus.ts";
import { LocalBus } from "./local-bus.ts";

const IN_CLUSTER = { REDIS_URL: "redis://redis" };

describe("the choice of the event bus", () => {
	it("is the local one on a laptop, where no broker's client is loaded", async () => {
		const make = await chooseBus({});

		expect(busConfig({})).toEqual({ kind: "local" });
		expect(make(new ServiceBroker({ logger: false }))).toBeInstanceOf(LocalBus);
	});

	it("is RabbitMQ in a cluster, by either name of its address", () => {
		const chosen = { kind: "rabbitmq", options: { url: "amqp://rabbit", queueType: "classic", namespace: "stoa" } };

		expect(busConfig({ ...IN_CLUSTER, RABBITMQ_URL: "amqp://rabbit" })).toEqual(chosen);
		expect(busConfig({ ...IN_CLUSTER, QUEUE_URL: "amqp://rabbit" })).toEqual(chosen);
	});

	it("is NATS when it is asked for", () => {
		const env = { ...IN_CLUSTER, EVENT_BUS: "nats", NATS_SERVERS: "nats://a:4222, nats://b:4222" };

		expect(busConfig(env)).toMatchObject({ kind: "nats", options: { servers: ["nats://a:4222", "nats://b:4222"] } });
	});

	it.each([
		["a local bus in a cluster", { ...IN_CLUSTER, EVENT_BUS: "local" }, "EVENT_BUS: is rabbitmq or nats"],
		["a bus that it does not know", { EVENT_BUS: "kafka" }, "EVENT_BUS: is one of"],
		["RabbitMQ without its address", IN_CLUSTER, "RABBITMQ_URL: is required"],
		["NATS without its address", { EVENT_BUS: "nats" }, "NATS_SERVERS: is required"],
		[
			"a queue type that it does not know",
			{ ...IN_CLUSTER, RABBITMQ_URL: "amqp://r", RABBITMQ_QUEUE_TYPE: "x" },
			"RABBITMQ_QUEUE_TYPE",
		],
	])("refuses %s", (_what, env, problem) => {
		expect(() => busConfig(env)).toThrow(problem);
	});
});
