import { randomUUID } from "node:crypto";
import type { Message } from "../../../services/contracts/event.ts";
import type { HealthState } from "../../../services/contracts/platform.ts";
import type { BusLog, EventBus, Subscriber, Subscription } from "../bus.ts";
import { RETRY_AFTER_MS } from "../inbox.ts";
import { Canary } from "./canary.ts";
import { brokerAt } from "./connection.ts";
import type { Broker } from "./connection.ts";
import { burials, deliveriesTo } from "./deliveries.ts";
import { Publisher } from "./publisher.ts";
import { QueueReader } from "./queue-reader.ts";
import { names, queueOf, topologyOf } from "./topology.ts";
import type { QueueType, TopologyOptions } from "./topology.ts";
import { encode } from "./wire.ts";

export interface RabbitMqOptions {
	/** `amqp://` or `amqps://`, with user, password and virtual host. */
	readonly url: string;
	readonly namespace: string;
	readonly log: BusLog;
	/** `quorum` for three brokers and more; `classic` by default. */
	readonly queueType?: QueueType;
	/** The waits before the tries after the first. */
	readonly retryAfterMs?: readonly number[];
	/** How many messages each consumer of a node holds at the same time: what a batch can be made of. */
	readonly prefetch?: number;
	/** How long an answer of the broker is waited for before a message counts as not sent. */
	readonly publishTimeoutMs?: number;
	readonly canaryEveryMs?: number;
	readonly now?: () => Date;
	readonly newId?: () => string;
	/** A number from 0 up to 1. */
	readonly random?: () => number;
}

const PREFETCH = 32;
const PUBLISH_TIMEOUT_MS = 5_000;
const CANARY_EVERY_MS = 5_000;

/**
 * A bus over RabbitMQ. It connects when it is first used, waits for a broker that is down, and publishes nothing
 * before `declareRabbitMq` has made the queues of all readers.
 */
export const rabbitMqBus = (options: RabbitMqOptions): EventBus => new RabbitMqBus(options);

/** What of the options decides on queues and exchanges. */
export const topologyOptions = (options: Omit<RabbitMqOptions, "log">): TopologyOptions => ({
	namespace: options.namespace,
	queueType: options.queueType ?? "classic",
	retryAfterMs: options.retryAfterMs ?? RETRY_AFTER_MS,
});

class RabbitMqBus implements EventBus {
	readonly #options: RabbitMqOptions;
	readonly #topology: TopologyOptions;
	readonly #broker: Broker;
	readonly #publisher: Publisher;
	readonly #canary: Canary;

	constructor(options: RabbitMqOptions) {
		const { url, namespace, log, random = Math.random, newId = randomUUID } = options;
		this.#options = options;
		this.#topology = topologyOptions(options);
		this.#broker = brokerAt(url, log, random);
		this.#publisher = new Publisher({
			broker: this.#broker,
			topology: topologyOf(this.#topology, []),
			sentinel: names(namespace).unread,
			timeoutMs: options.publishTimeoutMs ?? PUBLISH_TIMEOUT_MS,
		});
		this.#canary = new Canary({
			broker: this.#broker,
			publisher: this.#publisher,
			namespace,
			id: newId(),
			everyMs: options.canaryEveryMs ?? CANARY_EVERY_MS,
			clock: () => performance.now(),
		});
	}

	subscribe(subscriber: Subscriber): Subscription {
		const stopping = new AbortController();
		const readers = this.#readers(subscriber, stopping.signal);
		return {
			start: () => {
				this.#connect();
				for (const reader of readers) reader.start();
			},
			stop: async () => {
				stopping.abort();
				await Promise.all(readers.map((reader) => reader.stop()));
			},
		};
	}

	async publish(messages: readonly Message[]): Promise<ReadonlySet<string>> {
		this.#connect();
		const exchange = names(this.#options.namespace).events;
		const letters = messages.map((message) => ({ exchange, routingKey: message.name, ...encode(message) }));
		const sent = await Promise.all(letters.map((letter) => this.#publisher.send(letter)));
		return new Set(messages.filter((_, index) => sent[index]).map(({ id }) => id));
	}

	isConnected(): boolean {
		this.#connect();
		return this.#publisher.isReady();
	}

	health(): HealthState {
		this.#connect();
		return this.#canary.health();
	}

	async close(): Promise<void> {
		await Promise.all([this.#canary.stop(), this.#publisher.stop()]);
		await this.#broker.connection.stop();
	}

	#connect(): void {
		this.#broker.connection.start();
		this.#publisher.start();
		this.#canary.start();
	}

	/** One for each consumer, and one that files what all of them gave up. */
	#readers(subscriber: Subscriber, stopping: AbortSignal): QueueReader[] {
		const { namespace, log, prefetch = PREFETCH, now = () => new Date(), newId = randomUUID } = this.#options;
		const { dead } = names(namespace);
		const queue = (consumer: string) => queueOf(namespace, subscriber, consumer);
		const deliveries = { topology: this.#topology, subscriber, publisher: this.#publisher, log, now, newId, stopping };
		const common = { broker: this.#broker, topology: topologyOf(this.#topology, [subscriber]), prefetch };
		const consumers = [...subscriber.consumers.keys()];
		return [
			...consumers.map(
				(name) => new QueueReader({ ...common, queue: queue(name), receive: deliveriesTo(name, deliveries) }),
			),
			new QueueReader({ ...common, queue: dead(subscriber.service), receive: burials(deliveries) }),
		];
	}
}
