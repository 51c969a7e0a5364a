import { connect } from "amqplib";
import type { Topology } from "../../mixins/events/rabbitmq/topology.ts";

/** Deletes what a test declared in RabbitMQ, with whatever is in it. */
export async function removeTopology(url: string, { queues, exchanges }: Topology): Promise<void> {
	const connection = await connect(url);
	try {
		const channel = await connection.createChannel();
		for (const { name } of queues) await channel.deleteQueue(name);
		for (const { name } of exchanges) await channel.deleteExchange(name);
	} finally {
		await connection.close();
	}
}
