import { connect } from "amqplib";
import type { Channel } from "amqplib";
import { randomBytes } from "node:crypto";
import { urlOf } from "../../../test/support/servers.ts";
import { removeTopology } from "../../../test/support/remove-topology.ts";
import { PUBLISHED, READER } from "../belfry.fixture.ts";
import type { Transport } from "../belfry.fixture.ts";
import { doorOf } from "../door.ts";
import { declareRabbitMq } from "./declare-rabbitmq.ts";
import { rabbitMqBus, topologyOptions } from "./rabbitmq-bus.ts";
import type { RabbitMqOptions } from "./rabbitmq-bus.ts";
import { names, wholeTopology } from "./topology.ts";

export type Overrides = Partial<RabbitMqOptions>;

/** Options for a Stoa of its own on the test broker, with retries that a test can wait for. */
export const ownOptions = (overrides: Overrides = {}): RabbitMqOptions => ({
	url: overrides.url ?? urlOf("rabbitmq"),
	namespace: `spec-${randomBytes(4).toString("hex")}`,
	retryAfterMs: [20, 40, 60, 80],
	canaryEveryMs: 200,
	log: { info: () => undefined, warn: () => undefined },
	...overrides,
});

/** What `stoa migrate` does, for the service of the belfry. */
export const declareBells = (options: RabbitMqOptions): Promise<void> => declareRabbitMq(options, [READER], PUBLISHED);

/** Works on a channel of its own. */
export async function withChannel<T>(url: string, work: (channel: Channel) => Promise<T>): Promise<T> {
	const connection = await connect(url);
	connection.on("error", () => undefined);
	try {
		const channel = await connection.createChannel();
		channel.on("error", () => undefined);
		const result = await work(channel);
		// Only after this has everything that was sent arrived.
		await channel.close();
		return result;
	} finally {
		await connection.close();
	}
}

/** Removes everything of a namespace. */
export const removeBells = (options: RabbitMqOptions): Promise<void> =>
	removeTopology(options.url, wholeTopology(topologyOptions(options), [READER], PUBLISHED));

/** A transport over the test broker, with every queue in place. */
export async function overRabbitMq(overrides: Overrides = {}): Promise<Transport> {
	const options = ownOptions(overrides);
	await declareBells(options);
	return {
		connect: () => rabbitMqBus(options),
		sendRaw: (event, text) =>
			withChannel(options.url, async (channel) => {
				channel.publish(names(options.namespace).events, event, Buffer.from(text));
			}),
		sendFromOutside: (event, text, messageId) =>
			withChannel(options.url, async (channel) => {
				channel.sendToQueue(
					doorOf(options.namespace, event),
					Buffer.from(text),
					messageId === undefined ? {} : { messageId },
				);
			}),
		close: () => removeBells(options),
	};
}
