import type { ConfirmChannel, Message as AmqpMessage } from "amqplib";
import { quietly } from "./connection.ts";
import type { Broker } from "./connection.ts";
import { declare } from "./declare.ts";
import type { Kept } from "../kept.ts";
import type { Topology } from "./topology.ts";
import type { Letter } from "./wire.ts";

/** Which sending it was, so that a returned message is told from another copy of itself. */
const SENDING = "stoa-sending";

export interface PublisherOptions {
	readonly broker: Broker;
	/** What it publishes to, declared on each new channel. */
	readonly topology: Topology;
	/** The queue that is there once every reader has its own; nothing is sent before. */
	readonly sentinel: string;
	/** After this long without an answer a message counts as not sent; should it arrive all the same, inboxes drop the second. */
	readonly timeoutMs: number;
}

/** Sends messages and learns of each whether the broker has it in a queue. */
export class Publisher {
	readonly #broker: Broker;
	readonly #timeoutMs: number;
	readonly #channel: Kept<ConfirmChannel>;
	readonly #returned = new Set<number>();
	#sendings = 0;

	constructor({ broker, topology, sentinel, timeoutMs }: PublisherOptions) {
		this.#broker = broker;
		this.#timeoutMs = timeoutMs;
		this.#channel = broker.channel({
			what: "the publisher",
			create: (model) => model.createConfirmChannel(),
			setUp: async (channel) => {
				channel.on("return", (message: AmqpMessage) =>
					this.#returned.add(message.properties.headers?.[SENDING] as number),
				);
				await declare(channel, topology);
				await expectQueue(channel, sentinel);
			},
		});
	}

	start(): void {
		this.#channel.start();
	}

	stop(): Promise<void> {
		return this.#channel.stop();
	}

	/** Whether the broker would take a message now. */
	isReady(): boolean {
		return this.#channel.current !== undefined && !this.#broker.isBlocked();
	}

	/** Resolves to false when the broker refused or returned it, lost the channel, kept silent or is not there. */
	send(letter: Letter): Promise<boolean> {
		const channel = this.#channel.current;
		if (channel === undefined || this.#broker.isBlocked()) return Promise.resolve(false);

		const sending = this.#sendings++;
		const { promise, resolve } = Promise.withResolvers<boolean>();
		const timer = setTimeout(() => resolve(false), this.#timeoutMs);
		// A return comes before the confirmation of the same message.
		const confirm = (refusal: unknown) => resolve(!this.#returned.delete(sending) && refusal === null);
		write(channel, letter, sending, confirm);
		return promise.finally(() => clearTimeout(timer));
	}
}

const NOT_FOUND = 404;

/** A fact with two readers of whom one has no queue yet would be lost to that one, and nobody would be told. */
async function expectQueue(channel: ConfirmChannel, queue: string): Promise<void> {
	try {
		await channel.checkQueue(queue);
	} catch (error) {
		if ((error as { readonly code?: number }).code !== NOT_FOUND) throw error;
		throw new Error(
			`RabbitMQ has no queue ${queue} yet. Run \`bin/stoa migrate\`, which declares those of every reader.`,
		);
	}
}

function write(channel: ConfirmChannel, letter: Letter, sending: number, confirm: (refusal: unknown) => void): void {
	const { exchange, routingKey, content, properties } = letter;
	const headers = { ...(properties.headers as object), [SENDING]: sending };
	try {
		channel.publish(exchange, routingKey, content, { ...properties, headers }, confirm);
	} catch (error) {
		confirm(error);
		// amqplib counts the message that it could not write: confirmations would go to the wrong ones from here on.
		void quietly(async () => channel.close());
	}
}
