import type { Channel, ConsumeMessage } from "amqplib";
import { quietly, within } from "./connection.ts";
import type { Broker } from "./connection.ts";
import { declare } from "./declare.ts";
import type { Kept } from "../kept.ts";
import type { Topology } from "./topology.ts";

export interface QueueReaderOptions {
	readonly broker: Broker;
	readonly queue: string;
	/** What it reads from, declared on each new channel. */
	readonly topology: Topology;
	/** How many messages are handled at the same time. */
	readonly prefetch: number;
	/** Resolves to true when the broker may forget the message; otherwise it comes again, on another channel. */
	receive(message: ConsumeMessage): Promise<boolean>;
}

/** Reads one queue on a channel of its own, which is opened again whenever it or the connection is lost. */
export class QueueReader {
	readonly #options: QueueReaderOptions;
	readonly #channel: Kept<Channel>;
	readonly #underWay = new Set<Promise<void>>();
	#tag = "";
	#isStopping = false;

	constructor(options: QueueReaderOptions) {
		this.#options = options;
		this.#channel = options.broker.channel({
			what: options.queue,
			create: (model) => model.createChannel(),
			setUp: (channel) => this.#setUp(channel),
		});
	}

	start(): void {
		this.#channel.start();
	}

	/** Takes no more messages, and waits for those under way. */
	async stop(): Promise<void> {
		this.#isStopping = true;
		await this.#cancel();
		await Promise.all(this.#underWay);
		await this.#channel.stop();
	}

	async #setUp(channel: Channel): Promise<void> {
		const { queue, topology, prefetch } = this.#options;
		await declare(channel, topology);
		await channel.prefetch(prefetch);
		const { consumerTag } = await channel.consume(queue, (message) => this.#take(channel, message));
		this.#tag = consumerTag;
	}

	async #cancel(): Promise<void> {
		const channel = this.#channel.current;
		if (channel !== undefined) await quietly(() => within(channel.cancel(this.#tag)));
	}

	#take(channel: Channel, message: ConsumeMessage | null): void {
		if (this.#isStopping) return;
		// The queue was deleted; the next channel makes it again.
		if (message === null) return void quietly(() => channel.close());
		const work = this.#handle(channel, message).finally(() => this.#underWay.delete(work));
		this.#underWay.add(work);
	}

	/** Answers on the channel that brought the message: the number of a delivery means nothing on the next one. */
	async #handle(channel: Channel, message: ConsumeMessage): Promise<void> {
		const isDone = await this.#options.receive(message).catch(() => false);
		if (isDone) await quietly(async () => channel.ack(message));
	}
}
