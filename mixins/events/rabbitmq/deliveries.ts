import { setTimeout as sleep } from "node:timers/promises";
import type { ConsumeMessage } from "amqplib";
import type { Message } from "../../../services/contracts/event.ts";
import type { BusLog, Subscriber } from "../bus.ts";
import { decode, fromOutside, malformed } from "../fact.ts";
import { afterFailure, afterRedelivery, historyOf, toDeadLetters } from "./failures.ts";
import type { Failure } from "./failures.ts";
import type { Publisher } from "./publisher.ts";
import { queueOf, REDELIVERY_LIMIT } from "./topology.ts";
import type { TopologyOptions } from "./topology.ts";
import { carriedIn } from "./wire.ts";
import type { Letter, Raw } from "./wire.ts";

export interface DeliveryOptions {
	readonly topology: TopologyOptions;
	readonly subscriber: Subscriber;
	readonly publisher: Publisher;
	readonly log: BusLog;
	readonly now: () => Date;
	readonly newId: () => string;
	/** Aborted when the subscription stops: what waits for its next try is given up, and comes again. */
	readonly stopping: AbortSignal;
}

const TRY_AGAIN_MS = 1_000;

/** Does something with one message; true when the broker may forget it. */
type Receive = (message: ConsumeMessage) => Promise<boolean>;

/** Hands the messages of one consumer to its service; what fails is on its way to another queue before it is acked. */
export function deliveriesTo(consumer: string, options: DeliveryOptions): Receive {
	const { topology, subscriber, log, now } = options;
	const read = new Set(subscriber.consumers.get(consumer));
	const queue = queueOf(topology.namespace, subscriber, consumer);
	const failed = (raw: Raw, error: unknown): Failure => {
		return { service: subscriber.service, consumer, queue, raw, error, at: now() };
	};

	return async (raw) => {
		const message = messageIn(options, consumer, raw);
		if (message === undefined) {
			log.warn(`${consumer} got a message that is none; it goes to the dead letters.`);
			return sent(options, toDeadLetters(topology, failed(raw, "the message cannot be decoded")));
		}
		// Bound by an earlier version of the service.
		if (!read.has(message.name)) return true;
		if (isCountedHere(topology, raw)) return sent(options, counted(topology, queue, raw, failed));
		try {
			const cameBefore = raw.fields.redelivered || historyOf(raw).redeliveries > 0;
			await subscriber.handle({ consumer, message, cameBefore });
			return true;
		} catch (error) {
			log.warn(`${consumer} failed on ${message.name}:`, error);
			return sent(options, afterFailure(topology, failed(raw, error)));
		}
	};
}

/** A quorum queue counts deliveries itself; of a classic one, only that there was another is known. */
const isCountedHere = ({ queueType }: TopologyOptions, { fields }: ConsumeMessage): boolean =>
	queueType === "classic" && fields.redelivered;

function counted(topology: TopologyOptions, queue: string, raw: Raw, failed: (raw: Raw, error: unknown) => Failure) {
	if (historyOf(raw).redeliveries < REDELIVERY_LIMIT) return afterRedelivery(queue, raw);
	return toDeadLetters(topology, failed(raw, KILLER));
}

const KILLER = `it was delivered ${REDELIVERY_LIMIT} times and neither handled nor refused: does it end the process?`;

/** Files the dead letters of a service in its inbox; they wait in their queue while the database is out of reach. */
export function burials(options: DeliveryOptions): Receive {
	const { subscriber, log, newId, stopping } = options;
	return async (raw) => {
		const { consumer = consumerOf(options, raw), error = KILLER } = historyOf(raw);
		const message = messageIn(options, consumer, raw) ?? malformed(carriedIn(raw), newId);
		const delivery = { consumer, message };
		return persisted(stopping, async () => {
			await subscriber.bury(delivery, error);
			log.warn(`${delivery.message.name} ${delivery.message.id} is a dead letter of ${consumer} now: ${error}`);
			return true;
		});
	};
}

/** Where the broker itself gave a message up it notes the queue. */
function consumerOf({ topology: { namespace }, subscriber }: DeliveryOptions, { properties }: Raw): string {
	const queue = properties.headers?.["x-first-death-queue"] ?? "";
	const consumers = [...subscriber.consumers.keys()];
	return consumers.find((consumer) => queueOf(namespace, subscriber, consumer) === queue) ?? queue;
}

/** A fact of ours or, where the consumer's queue is open to them, what an outsider wrote. */
function messageIn({ subscriber, newId }: DeliveryOptions, consumer: string, raw: Raw): Message | undefined {
	const carried = carriedIn(raw);
	const door = subscriber.doors?.get(consumer);
	return decode(carried) ?? (door === undefined ? undefined : fromOutside(carried, door, newId));
}

const sent = ({ publisher, stopping }: DeliveryOptions, letter: Letter): Promise<boolean> =>
	persisted(stopping, () => publisher.send(letter));

/** Tries until it is done or the subscription stops. @returns whether it is done */
async function persisted(stopping: AbortSignal, work: () => Promise<boolean>): Promise<boolean> {
	while (!stopping.aborted) {
		if (await work().catch(() => false)) return true;
		await sleep(TRY_AGAIN_MS, undefined, { signal: stopping }).catch(() => undefined);
	}
	return false;
}
