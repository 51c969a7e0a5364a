import {
	AckPolicy,
	DeliverPolicy,
	DiscardPolicy,
	JetStreamApiCodes,
	JetStreamApiError,
	jetstreamManager,
	RetentionPolicy,
	StorageType,
} from "@nats-io/jetstream";
import type { JetStreamManager, StreamConfig } from "@nats-io/jetstream";
import { connect, nanos } from "@nats-io/transport-node";
import type { Subscriber } from "../bus.ts";
import { connectionOptions } from "./connection.ts";
import { doorOf } from "../door.ts";
import { names } from "./names.ts";

/** What a service reads: the event names of each of its consumers. */
export type Reader = Pick<Subscriber, "consumers" | "doors">;

export interface JetStreamTopology {
	/** First part of every name, so that many Stoas can share a server. */
	readonly namespace: string;
	/** How many servers keep each fact: 1, or 3 on a cluster. */
	readonly replicas?: number;
}

const DAY_MS = 86_400_000;
/** As long as inboxes remember what they handled. */
const KEPT_MS = 14 * DAY_MS;
/** A fact that is published again within this time is dropped by the server; after it, by the inboxes. */
const DUPLICATES_MS = 600_000;
/** Longer than a consumer takes, whose database gives up after seconds; a message that died with its node comes again then. */
const ACK_WITHIN_MS = 15_000;
const CANARY_KEPT_MS = 60_000;

/**
 * Makes the stream of all facts and a durable consumer for each reader. A reader that is new to a stream in use
 * gets what comes from now on; on a new stream, everything.
 */
export async function declareJetStream(
	servers: readonly string[],
	topology: JetStreamTopology,
	readers: readonly Reader[],
): Promise<void> {
	const connection = await connect(connectionOptions(servers));
	try {
		const server = await jetstreamManager(connection);
		const isNew = await makeStreams(
			server,
			topology,
			readers.flatMap(({ doors }) => [...(doors?.values() ?? [])]),
		);
		for (const reader of readers) await makeConsumers(server, topology, reader, isNew);
	} finally {
		await connection.close();
	}
}

async function makeConsumers(server: JetStreamManager, topology: JetStreamTopology, reader: Reader, isNew: boolean) {
	for (const name of reader.consumers.keys()) await makeConsumer(server, topology, reader, name, isNew);
}

/** @param doors events that outsiders may put into the stream, too */
async function makeStreams(
	server: JetStreamManager,
	{ namespace, replicas = 1 }: JetStreamTopology,
	doors: readonly string[],
): Promise<boolean> {
	const { stream, facts, canaries, canary } = names(namespace);
	await makeStream(server, {
		name: canaries,
		subjects: [canary(">")],
		num_replicas: replicas,
		max_age: nanos(CANARY_KEPT_MS),
		max_msgs_per_subject: 1,
	});
	return makeStream(server, {
		name: stream,
		subjects: [facts, ...new Set(doors.map((event) => doorOf(namespace, event)))],
		num_replicas: replicas,
		max_age: nanos(KEPT_MS),
		duplicate_window: nanos(DUPLICATES_MS),
		// Full, it refuses: then facts wait in the outbox, where nothing is lost.
		discard: DiscardPolicy.New,
	});
}

/** @returns whether it is new */
async function makeStream(server: JetStreamManager, config: Partial<StreamConfig> & { name: string }) {
	if (await found(server.streams.info(config.name))) {
		await server.streams.update(config.name, config);
		return false;
	}
	await server.streams.add({ ...config, storage: StorageType.File, retention: RetentionPolicy.Limits });
	return true;
}

/** Makes a consumer, or has it read other events. @param fromStart for what is in the stream already, too */
export async function makeConsumer(
	server: JetStreamManager,
	{ namespace }: JetStreamTopology,
	{ consumers, doors }: Reader,
	name: string,
	fromStart = false,
): Promise<void> {
	const { stream, fact, consumer } = names(namespace);
	const door = doors?.get(name);
	const config = {
		filter_subjects: [
			...(consumers.get(name) ?? []).map(fact),
			...(door === undefined ? [] : [doorOf(namespace, door)]),
		],
		ack_wait: nanos(ACK_WITHIN_MS),
		// The bus counts, and files what failed too often; the server would drop it.
		max_deliver: -1,
	};
	if (await found(server.consumers.info(stream, consumer(name)))) {
		await server.consumers.update(stream, consumer(name), config);
		return;
	}
	await server.consumers.add(stream, {
		...config,
		durable_name: consumer(name),
		ack_policy: AckPolicy.Explicit,
		deliver_policy: fromStart ? DeliverPolicy.All : DeliverPolicy.New,
	});
}

const NOT_FOUND: readonly number[] = [JetStreamApiCodes.StreamNotFound, JetStreamApiCodes.ConsumerNotFound];

/** @throws any answer but "there is none" */
export async function found(asked: Promise<unknown>): Promise<boolean> {
	try {
		await asked;
		return true;
	} catch (error) {
		if (error instanceof JetStreamApiError && NOT_FOUND.includes(error.code)) return false;
		throw error;
	}
}
