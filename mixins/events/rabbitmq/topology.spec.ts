import { describe, expect, it } from "@jest/globals";
import { names, topologyOf, wholeTopology } from "./topology.ts";
import type { TopologyOptions } from "./topology.ts";

const options: TopologyOptions = { namespace: "shop", queueType: "classic", retryAfterMs: [1_000, 60_000] };
const orders = { service: "orders", consumers: new Map([["orders.recordRefund", ["payment.refunded"]]]) };
const mails = {
	service: "mails",
	consumers: new Map([
		["mails.greet", ["user.registered"]],
		["mails.report", ["order.cancelled", "payment.refunded"]],
	]),
};
const silent = { service: "users", consumers: new Map<string, string[]>() };
const published = ["user.registered", "order.cancelled", "payment.refunded", "stock.low"];

const queue = (name: string, topology = wholeTopology(options, [orders, mails], published)) =>
	topology.queues.find((each) => each.name === name)?.arguments;

describe("the topology in RabbitMQ", () => {
	it("has one exchange for all facts, which each consumer's queue reads by name", () => {
		const { exchanges, bindings } = topologyOf(options, [orders, mails]);

		expect(exchanges[0]).toEqual({ name: "shop.events", type: "topic" });
		expect(bindings.filter(({ exchange }) => exchange === "shop.events")).toEqual([
			{ queue: "shop.orders.recordRefund", exchange: "shop.events", routingKey: "payment.refunded" },
			{ queue: "shop.mails.greet", exchange: "shop.events", routingKey: "user.registered" },
			{ queue: "shop.mails.report", exchange: "shop.events", routingKey: "order.cancelled" },
			{ queue: "shop.mails.report", exchange: "shop.events", routingKey: "payment.refunded" },
		]);
	});

	it("gives a consumer that is open to outsiders a queue of the event's own name, where a Stoa is alone", () => {
		const open = { ...orders, doors: new Map([["orders.recordRefund", "payment.refunded"]]) };
		const queues = (namespace: string) => topologyOf({ ...options, namespace }, [open]).queues.map(({ name }) => name);

		expect(queues("stoa")).toContain("payment.refunded");
		expect(queues("shop")).toContain("shop.payment.refunded");
	});

	it("has a queue of dead letters for each service that reads, and for no other", () => {
		const made = topologyOf(options, [orders, mails, silent]).queues.map(({ name }) => name);

		expect(made).toEqual(expect.arrayContaining(["shop.orders.dead", "shop.mails.dead"]));
		expect(made).not.toContain("shop.users.dead");
	});

	it("binds exactly what nobody reads to the queue of the unread, and makes that one last", () => {
		const { queues, bindings } = wholeTopology(options, [orders, mails, silent], published);

		expect(bindings.filter((each) => each.queue === "shop.unread").map(({ routingKey }) => routingKey)).toEqual([
			"stock.low",
		]);
		expect(queues.at(-1)).toMatchObject({ name: "shop.unread", arguments: { "x-max-length": 10_000 } });
	});

	it.each([1_000, 60_000])("brings what has waited %s ms back by its routing key", (afterMs) => {
		const { exchanges, bindings } = topologyOf(options, []);
		const name = names("shop").retry(afterMs);

		expect(exchanges).toContainEqual({ name, type: "fanout" });
		expect(bindings).toContainEqual({ queue: name, exchange: name, routingKey: "" });
		expect(queue(name)).toMatchObject({ "x-message-ttl": afterMs, "x-dead-letter-exchange": "" });
		expect(queue(name)).not.toHaveProperty("x-dead-letter-routing-key");
	});

	it.each(["classic", "quorum"] as const)("lets no message wait in a classic queue: %s", (queueType) => {
		const topology = topologyOf({ ...options, queueType }, []);

		expect(queue("shop.retry.1000ms", topology)).toMatchObject({
			"x-queue-type": "quorum",
			"x-dead-letter-strategy": "at-least-once",
		});
	});

	it("has a quorum queue give up what is delivered again and again", () => {
		const topology = topologyOf({ ...options, queueType: "quorum" }, [orders]);

		expect(queue("shop.orders.recordRefund", topology)).toEqual({
			"x-queue-type": "quorum",
			"x-delivery-limit": 20,
			"x-dead-letter-exchange": "",
			"x-dead-letter-routing-key": "shop.orders.dead",
			"x-dead-letter-strategy": "at-least-once",
			"x-overflow": "reject-publish",
		});
		expect(queue("shop.orders.dead", topology)).toEqual({ "x-queue-type": "quorum" });
	});
});
