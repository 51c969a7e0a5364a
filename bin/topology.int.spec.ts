import { describe, expect, it } from "@jest/globals";
import { connect } from "amqplib";
import { randomBytes } from "node:crypto";
import { queueOf } from "../mixins/events/rabbitmq/topology.ts";
import { urlOf } from "../test/support/servers.ts";
import { STORED } from "./services.ts";
import { declareTopology, readersOf } from "./topology.ts";

describe("the topology of the broker", () => {
	it("is read from the schemas of the services, mixins of mixins included", async () => {
		const orders = (await readersOf(STORED)).find(({ service }) => service === "orders");

		expect(orders?.consumers.get("orders.recordRefund")).toEqual(["payment.refunded"]);
	});

	it("is declared for every service, whichever ones run here, and twice is once", async () => {
		const namespace = `spec-${randomBytes(4).toString("hex")}`;
		const env = {
			EVENT_BUS: "rabbitmq",
			RABBITMQ_URL: urlOf("rabbitmq"),
			STOA_NAMESPACE: namespace,
			SERVICES: "users",
		};
		const lines: string[] = [];
		await declareTopology(env, (line) => lines.push(line));
		await declareTopology(env, (line) => lines.push(line));
		const readers = (await readersOf(STORED)).filter(({ consumers }) => consumers.size > 0);
		const queues = readers.flatMap((reader) => [
			...[...reader.consumers.keys()].map((consumer) => queueOf(namespace, reader, consumer)),
			`${namespace}.${reader.service}.dead`,
		]);

		expect(await removed(namespace, [...queues, `${namespace}.unread`])).toBe(queues.length + 1);
		expect(lines).toHaveLength(2);
	});

	it("has an open queue under the name of its event for those who know only that", async () => {
		const users = (await readersOf(STORED)).find(({ service }) => service === "users");

		expect([...(users?.doors?.values() ?? [])]).toContain("user.registration");
	});

	it("needs nothing while facts stay in the process", async () => {
		const lines: string[] = [];
		await declareTopology({ EVENT_BUS: "local" }, (line) => lines.push(line));

		expect(lines).toEqual([]);
	});
});

/** @returns how many of the queues were there */
async function removed(namespace: string, queues: readonly string[]): Promise<number> {
	const connection = await connect(urlOf("rabbitmq"));
	const channel = await connection.createChannel();
	let count = 0;
	for (const queue of queues) {
		await channel.checkQueue(queue);
		await channel.deleteQueue(queue);
		count += 1;
	}
	for (const afterMs of [1_000, 10_000, 60_000, 600_000]) {
		await channel.deleteQueue(`${namespace}.retry.${afterMs}ms`);
		await channel.deleteExchange(`${namespace}.retry.${afterMs}ms`);
	}
	await channel.deleteExchange(`${namespace}.events`);
	await connection.close();
	return count;
}
