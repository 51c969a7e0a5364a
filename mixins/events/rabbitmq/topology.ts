import type { Reader } from "../bus.ts";
import { doorOf } from "../door.ts";

export type QueueType = "classic" | "quorum";

export interface TopologyOptions {
	/** First part of every name, so that many Stoas can share a broker. */
	readonly namespace: string;
	readonly queueType: QueueType;
	/** The wait before each try after the first. */
	readonly retryAfterMs: readonly number[];
}

export interface Exchange {
	readonly name: string;
	readonly type: "topic" | "fanout";
}

/** A durable queue and its `x-` arguments. */
export interface Queue {
	readonly name: string;
	readonly arguments: Readonly<Record<string, string | number>>;
}

export interface Binding {
	readonly queue: string;
	readonly exchange: string;
	readonly routingKey: string;
}

export interface Topology {
	readonly exchanges: readonly Exchange[];
	readonly queues: readonly Queue[];
	readonly bindings: readonly Binding[];
}

/** Deliveries of one message that ended neither in an ack nor in a retry: it may be what kills the process. */
export const REDELIVERY_LIMIT = 20;

/** What nobody reads is kept for whoever is curious, not for ever. */
const UNREAD_LIMIT = 10_000;

/** Every name in the broker. Queues of one kind share a prefix, and no consumer's name looks like another kind. */
export const names = (namespace: string) => ({
	/** Topic exchange of all facts; the routing key is the event's name. */
	events: `${namespace}.events`,
	/** Facts without a reader. `stoa migrate` makes it last: where it is, every reader has its queue. */
	unread: `${namespace}.unread`,
	queue: (consumer: string) => `${namespace}.${consumer}`,
	dead: (service: string) => `${namespace}.${service}.dead`,
	/** An exchange and a queue of this name; the routing key is the queue to come back to. */
	retry: (afterMs: number) => `${namespace}.retry.${afterMs}ms`,
	canary: (id: string) => `${namespace}.canary.${id}`,
});

/** What the services that read need: it is the same whoever declares it, in whatever order. */
export function topologyOf(options: TopologyOptions, readers: readonly Reader[]): Topology {
	const { events } = names(options.namespace);
	const parts = [
		{ exchanges: [{ name: events, type: "topic" as const }], queues: [], bindings: [] },
		...options.retryAfterMs.map((afterMs) => waiting(options, afterMs)),
		...readers.filter(({ consumers }) => consumers.size > 0).map((reader) => reading(options, reader)),
	];
	return joined(parts);
}

/** The whole topology: all readers, then the queue of what they leave. @param published the names of all events */
export function wholeTopology(
	options: TopologyOptions,
	readers: readonly Reader[],
	published: readonly string[],
): Topology {
	const { events, unread } = names(options.namespace);
	const read = new Set(readers.flatMap(({ consumers }) => [...consumers.values()].flat()));
	const left = published.filter((name) => !read.has(name));
	const limits = { "x-queue-type": options.queueType, "x-max-length": UNREAD_LIMIT, "x-overflow": "drop-head" };
	const rest = {
		exchanges: [],
		queues: [{ name: unread, arguments: limits }],
		bindings: left.map((routingKey) => ({ queue: unread, exchange: events, routingKey })),
	};
	return joined([topologyOf(options, readers), rest]);
}

/** Where a consumer's messages wait for it. */
export function queueOf(namespace: string, { doors }: Pick<Reader, "doors">, consumer: string): string {
	const event = doors?.get(consumer);
	return event === undefined ? names(namespace).queue(consumer) : doorOf(namespace, event);
}

function reading(options: TopologyOptions, reader: Reader): Topology {
	const { service, consumers } = reader;
	const { events, dead } = names(options.namespace);
	const queue = (consumer: string) => queueOf(options.namespace, reader, consumer);
	const type = { "x-queue-type": options.queueType };
	// A classic queue does not count deliveries; for those the consumer does.
	const limit = { "x-delivery-limit": REDELIVERY_LIMIT, "x-dead-letter-routing-key": dead(service) };
	const poison = options.queueType === "quorum" ? { ...limit, ...BY_DEFAULT_EXCHANGE, ...AT_LEAST_ONCE } : {};
	return {
		exchanges: [],
		queues: [
			{ name: dead(service), arguments: type },
			...[...consumers.keys()].map((name) => ({ name: queue(name), arguments: { ...type, ...poison } })),
		],
		bindings: [...consumers].flatMap(([name, read]) =>
			read.map((routingKey) => ({ queue: queue(name), exchange: events, routingKey })),
		),
	};
}

/**
 * One wait for all consumers: whatever is over leaves by its routing key, the queue it came from. Always a quorum
 * queue: a classic one forgets what it has passed on before the next queue has it on disk, and loses thousands of
 * confirmed messages when the broker is killed.
 */
function waiting({ namespace }: TopologyOptions, afterMs: number): Topology {
	const name = names(namespace).retry(afterMs);
	const wait = { "x-queue-type": "quorum", "x-message-ttl": afterMs, ...BY_DEFAULT_EXCHANGE, ...AT_LEAST_ONCE };
	return {
		exchanges: [{ name, type: "fanout" }],
		queues: [{ name, arguments: wait }],
		bindings: [{ queue: name, exchange: name, routingKey: "" }],
	};
}

const BY_DEFAULT_EXCHANGE = { "x-dead-letter-exchange": "" };

/** Removed from its queue once the next one has confirmed it; RabbitMQ wants the overflow rule along with it. */
const AT_LEAST_ONCE = { "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish" };

const joined = (parts: readonly Topology[]): Topology => ({
	exchanges: parts.flatMap(({ exchanges }) => exchanges),
	queues: parts.flatMap(({ queues }) => queues),
	bindings: parts.flatMap(({ bindings }) => bindings),
});
