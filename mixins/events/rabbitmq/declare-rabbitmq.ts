import { connect } from "amqplib";
import type { Reader } from "../bus.ts";
import { declare } from "./declare.ts";
import { topologyOptions } from "./rabbitmq-bus.ts";
import type { RabbitMqOptions } from "./rabbitmq-bus.ts";
import { wholeTopology } from "./topology.ts";

/**
 * Declares the queues of all readers and, last, the one of the facts that nobody reads. Until this has run a bus
 * publishes nothing; run it again when a service reads something new.
 *
 * @param published the names of all events
 * @throws TopologyConflict when a queue exists with other settings
 */
export async function declareRabbitMq(
	options: Omit<RabbitMqOptions, "log">,
	readers: readonly Reader[],
	published: readonly string[],
): Promise<void> {
	const connection = await connect(options.url, { timeout: 10_000 });
	connection.on("error", () => undefined);
	try {
		const channel = await connection.createChannel();
		channel.on("error", () => undefined);
		await declare(channel, wholeTopology(topologyOptions(options), readers, published));
	} finally {
		await connection.close().catch(() => undefined);
	}
}
