import { randomUUID } from "node:crypto";
import { jetstream } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Message } from "../../../services/contracts/event.ts";
import type { HealthState } from "../../../services/contracts/platform.ts";
import type { BusLog, EventBus, Subscriber, Subscription } from "../bus.ts";
import { RETRY_AFTER_MS } from "../inbox.ts";
import { headersOf } from "../fact.ts";
import type { Kept } from "../kept.ts";
import { Canary } from "./canary.ts";
import { natsAt } from "./connection.ts";
import type { JetStreamTopology } from "./declare-jetstream.ts";
import { names } from "./names.ts";
import { JetStreamReader } from "./reader.ts";

export interface JetStreamOptions extends JetStreamTopology {
	/** `nats://` or `tls://`, with user and password. */
	readonly servers: readonly string[];
	readonly log: BusLog;
	/** The waits before the tries after the first. */
	readonly retryAfterMs?: readonly number[];
	/** How many messages each consumer of a node holds at the same time: what a batch can be made of. */
	readonly prefetch?: number;
	/** How long an answer of the server is waited for before a message counts as not sent. */
	readonly publishTimeoutMs?: number;
	readonly canaryEveryMs?: number;
	readonly now?: () => number;
	readonly newId?: () => string;
	/** A number from 0 up to 1. */
	readonly random?: () => number;
}

const PREFETCH = 32;
const PUBLISH_TIMEOUT_MS = 5_000;
const CANARY_EVERY_MS = 5_000;

/**
 * A bus over NATS JetStream. Facts stay in one stream, in which every consumer has a place of its own: what failed
 * is delivered again after its wait, and what failed too often is filed by its service before it is acknowledged.
 * `declareJetStream` must have made the stream; until then nothing is published, and facts wait in their outboxes.
 */
export const jetStreamBus = (options: JetStreamOptions): EventBus => new JetStreamBus(options);

class JetStreamBus implements EventBus {
	readonly #options: JetStreamOptions;
	readonly #connection: Kept<NatsConnection>;
	readonly #canary: Canary;

	constructor(options: JetStreamOptions) {
		const { servers, log, namespace, random = Math.random, newId = randomUUID } = options;
		this.#options = options;
		this.#connection = natsAt(servers, log, random);
		this.#canary = new Canary({
			connection: this.#connection,
			namespace,
			id: newId(),
			everyMs: options.canaryEveryMs ?? CANARY_EVERY_MS,
			clock: () => performance.now(),
		});
	}

	subscribe(subscriber: Subscriber): Subscription {
		const readers = [...subscriber.consumers.keys()].map((consumer) => this.#reader(subscriber, consumer));
		return {
			start: () => {
				this.#connect();
				for (const reader of readers) reader.start();
			},
			stop: async () => {
				await Promise.all(readers.map((reader) => reader.stop()));
			},
		};
	}

	async publish(messages: readonly Message[]): Promise<ReadonlySet<string>> {
		this.#connect();
		const { current } = this.#connection;
		if (current === undefined) return new Set();
		const sent = await Promise.all(messages.map((message) => this.#send(current, message)));
		return new Set(messages.filter((_, index) => sent[index]).map(({ id }) => id));
	}

	isConnected(): boolean {
		this.#connect();
		return this.#connection.current !== undefined;
	}

	health(): HealthState {
		this.#connect();
		return this.#canary.health();
	}

	async close(): Promise<void> {
		this.#canary.stop();
		await this.#connection.stop();
	}

	#connect(): void {
		this.#connection.start();
		this.#canary.start();
	}

	/** True once the server has it on disk. The id makes it drop a repetition by itself. */
	async #send(connection: NatsConnection, message: Message): Promise<boolean> {
		const { namespace, publishTimeoutMs = PUBLISH_TIMEOUT_MS } = this.#options;
		const { fact, stream } = names(namespace);
		const beside = headers();
		for (const [name, value] of Object.entries(headersOf(message))) beside.set(name, encodeURIComponent(value));
		const options = {
			headers: beside,
			msgID: message.id,
			timeout: publishTimeoutMs,
			expect: { streamName: stream },
		};
		return jetstream(connection)
			.publish(fact(message.name), JSON.stringify(message.data), options)
			.then(
				() => true,
				() => false,
			);
	}

	#reader(subscriber: Subscriber, consumer: string): JetStreamReader {
		const { namespace, log, retryAfterMs = RETRY_AFTER_MS, prefetch = PREFETCH } = this.#options;
		const { now = Date.now, newId = randomUUID, random = Math.random } = this.#options;
		const topology = { namespace };
		const ambient = { log, now, newId, random };
		return new JetStreamReader({
			...ambient,
			connection: this.#connection,
			topology,
			subscriber,
			consumer,
			retryAfterMs,
			prefetch,
		});
	}
}
