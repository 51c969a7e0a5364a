import { jetstream } from "@nats-io/jetstream";
import type { ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Message } from "../../../services/contracts/event.ts";
import type { BusLog, Subscriber } from "../bus.ts";
import { decode, fromOutside, malformed } from "../fact.ts";
import type { Carried } from "../fact.ts";
import { Kept } from "../kept.ts";
import { makeConsumer } from "./declare-jetstream.ts";
import type { JetStreamTopology } from "./declare-jetstream.ts";
import { names } from "./names.ts";
import { isKiller, retryAfter } from "./verdict.ts";

export interface ReaderOptions {
	readonly connection: Kept<NatsConnection>;
	readonly topology: JetStreamTopology;
	readonly subscriber: Subscriber;
	readonly consumer: string;
	readonly retryAfterMs: readonly number[];
	/** How many messages are handled at the same time. */
	readonly prefetch: number;
	readonly log: BusLog;
	readonly now: () => number;
	readonly newId: () => string;
	readonly random: () => number;
}

const BURY_AGAIN_AFTER_MS = 10_000;
/** Often enough within the time that the server waits for an answer, which a database out of reach may outlast. */
const WORKING_EVERY_MS = 5_000;
const killer = (times: number): string =>
	`it was delivered ${times} times and neither handled nor refused: does it end the process?`;

/** Reads one consumer's messages, on whatever connection there is. */
export class JetStreamReader {
	readonly #options: ReaderOptions;
	readonly #messages: Kept<ConsumerMessages>;
	readonly #underWay = new Set<Promise<void>>();
	#isStopping = false;

	constructor(options: ReaderOptions) {
		const { consumer, log, random } = options;
		this.#options = options;
		this.#messages = new Kept({
			open: async () => {
				const messages = await this.#open(await options.connection.ready());
				return { value: messages, closed: this.#read(messages) };
			},
			close: async (messages) => messages.stop(),
			report: (error) => log.warn(`${consumer} cannot be read now, will try again:`, error),
			random,
		});
	}

	start(): void {
		this.#messages.start();
	}

	/** Takes no more messages, gives back those not begun, and waits for those under way. */
	async stop(): Promise<void> {
		this.#isStopping = true;
		await this.#messages.stop();
		await Promise.all(this.#underWay);
	}

	async #open(connection: NatsConnection): Promise<ConsumerMessages> {
		const { topology, subscriber, consumer, prefetch } = this.#options;
		const { stream, consumer: durable } = names(topology.namespace);
		const client = jetstream(connection);
		await makeConsumer(await client.jetstreamManager(), topology, subscriber, consumer);
		const reader = await client.consumers.get(stream, durable(consumer));
		return reader.consume({ max_messages: prefetch, abort_on_missing_resource: true });
	}

	/** Ends with the connection, with the stop, or when the consumer was deleted; all but the stop lead to another. */
	async #read(messages: ConsumerMessages): Promise<void> {
		const { consumer, log } = this.#options;
		try {
			for await (const message of messages) await this.#take(message);
		} catch (error) {
			if (!this.#isStopping) log.warn(`${consumer} lost its place in the stream:`, error);
		}
	}

	/** Begins on a message once there is room for it; what is still unread at a stop goes to another node. */
	async #take(message: JsMsg): Promise<void> {
		while (this.#underWay.size >= this.#options.prefetch) await Promise.race(this.#underWay);
		if (this.#isStopping) {
			message.nak();
			return;
		}
		const { consumer, log } = this.#options;
		const work = this.#handle(message)
			.catch((error: unknown) => log.warn(`${consumer} left a message to come again:`, error))
			.finally(() => this.#underWay.delete(work));
		this.#underWay.add(work);
	}

	async #handle(message: JsMsg): Promise<void> {
		const { subscriber, consumer, log, retryAfterMs, now, newId } = this.#options;
		const fact = this.#messageIn(message);
		if (fact === undefined)
			return this.#bury(message, malformed(carriedIn(message), newId), "the message cannot be decoded");

		const { deliveryCount: deliveries } = message.info;
		const ageMs = now() - message.time.getTime();
		if (isKiller(deliveries, ageMs)) return this.#bury(message, fact, killer(deliveries - 1));
		const working = setInterval(() => message.working(), WORKING_EVERY_MS);
		try {
			await subscriber.handle({ consumer, message: fact, cameBefore: deliveries > 1 });
			message.ack();
		} catch (error) {
			log.warn(`${consumer} failed on ${fact.name}:`, error);
			const afterMs = retryAfter({ error, deliveries, ageMs }, retryAfterMs);
			if (afterMs === undefined) await this.#bury(message, fact, String(error));
			else message.nak(afterMs);
		} finally {
			clearInterval(working);
		}
	}

	/** A fact of ours or, where the consumer is open to them, what an outsider wrote. */
	#messageIn(message: JsMsg): Message | undefined {
		const { subscriber, consumer, newId } = this.#options;
		const carried = carriedIn(message);
		const door = subscriber.doors?.get(consumer);
		return decode(carried) ?? (door === undefined ? undefined : fromOutside(carried, door, newId));
	}

	/** The message stays in the stream until its service has filed it. */
	async #bury(message: JsMsg, fact: Message, error: string): Promise<void> {
		const { subscriber, consumer, log } = this.#options;
		try {
			await subscriber.bury({ consumer, message: fact }, error);
			message.ack();
			log.warn(`${fact.name} ${fact.id} is a dead letter of ${consumer} now: ${error}`);
		} catch (failure) {
			log.warn(`${consumer} could not file a dead letter, will try again:`, failure);
			message.nak(BURY_AGAIN_AFTER_MS);
		}
	}
}

/** @returns undefined for what no URI encoding is: a stranger wrote it */
function decoded(header: string): string | undefined {
	try {
		return decodeURIComponent(header);
	} catch {
		return undefined;
	}
}

/** The stream's number of the message is an id for it where its sender gave it none. */
const carriedIn = ({ data, headers, info, seq }: JsMsg): Carried => ({
	content: Buffer.from(data),
	id: headers?.get("Nats-Msg-Id") || `${info.stream}/${seq}`,
	header: (name) => decoded(headers?.get(name) ?? "") || undefined,
});
