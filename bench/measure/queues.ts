import { connect } from "amqplib";
import { STORED } from "../../bin/services.ts";
import { readersOf } from "../../bin/topology.ts";
import { RETRY_AFTER_MS } from "../../mixins/events/inbox.ts";
import { topologyOf } from "../../mixins/events/rabbitmq/topology.ts";
import type { Transport } from "./statement-meter.ts";

/** The queues between services, in RabbitMQ: what lies in one is still to be done. */
export async function openQueues(url: string, namespace: string): Promise<Transport> {
	const options = { namespace, queueType: "classic", retryAfterMs: RETRY_AFTER_MS } as const;
	const { queues } = topologyOf(options, await readersOf(STORED));
	const connection = await connect(url);
	// The server may be stopped first: nothing is asked of it any more then.
	connection.on("error", () => undefined);
	const channel = await connection.createChannel();
	channel.on("error", () => undefined);
	return {
		isBusy: async () => {
			const seen = await Promise.all(queues.map(({ name }) => channel.checkQueue(name)));
			return seen.some(({ messageCount }) => messageCount > 0);
		},
		close: () => connection.close(),
	};
}
