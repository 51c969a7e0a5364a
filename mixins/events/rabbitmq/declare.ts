import type { Channel } from "amqplib";
import type { Topology } from "./topology.ts";

const PRECONDITION_FAILED = 406;

/** The broker has something of this name with other settings, which only a person may settle. */
export class TopologyConflict extends Error {
	constructor(refusal: string) {
		super(
			`RabbitMQ has a queue or exchange of this name with other settings: ${refusal}. If RABBITMQ_QUEUE_TYPE was ` +
				"changed, set it back, or move over: stop every node, delete the queues of this namespace once they " +
				"are empty (those of waiting and dead messages too), and run `bin/stoa migrate`.",
		);
		this.name = "TopologyConflict";
	}
}

/**
 * Makes what is missing of a topology and leaves alone what is there. The channel closes on a conflict.
 *
 * @throws TopologyConflict when a queue or exchange exists with other settings
 */
export async function declare(channel: Channel, { exchanges, queues, bindings }: Topology): Promise<void> {
	try {
		for (const { name, type } of exchanges) await channel.assertExchange(name, type, { durable: true });
		for (const queue of queues) await channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments });
		for (const { queue, exchange, routingKey } of bindings) await channel.bindQueue(queue, exchange, routingKey);
	} catch (error) {
		const { code, message } = error as Error & { readonly code?: number };
		throw code === PRECONDITION_FAILED ? new TopologyConflict(message) : error;
	}
}
