import { jetstreamManager } from "@nats-io/jetstream";
import { connect, headers } from "@nats-io/transport-node";
import type { NatsConnection } from "@nats-io/transport-node";
import { randomBytes } from "node:crypto";
import { urlOf } from "../../../test/support/servers.ts";
import { READER } from "../belfry.fixture.ts";
import type { Transport } from "../belfry.fixture.ts";
import { doorOf } from "../door.ts";
import { connectionOptions } from "./connection.ts";
import { declareJetStream } from "./declare-jetstream.ts";
import { jetStreamBus } from "./jetstream-bus.ts";
import type { JetStreamOptions } from "./jetstream-bus.ts";
import { names } from "./names.ts";

/** Options for a Stoa of its own on the test server, with retries that a test can wait for. */
export const ownOptions = (overrides: Partial<JetStreamOptions> = {}): JetStreamOptions => ({
	servers: overrides.servers ?? [urlOf("nats")],
	namespace: `spec-${randomBytes(4).toString("hex")}`,
	retryAfterMs: [20, 40, 60, 80],
	canaryEveryMs: 200,
	log: { info: () => undefined, warn: () => undefined },
	...overrides,
});

/** What `stoa migrate` does, for the service of the belfry. */
export const declareBells = ({ servers, ...topology }: JetStreamOptions): Promise<void> =>
	declareJetStream(servers, topology, [READER]);

/** Works on a connection of its own. */
export async function withNats<T>(
	servers: readonly string[],
	work: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
	const connection = await connect(connectionOptions(servers));
	try {
		return await work(connection);
	} finally {
		await connection.close();
	}
}

/** Removes everything of a namespace. */
export const removeBells = ({ servers, namespace }: JetStreamOptions): Promise<void> =>
	withNats(servers, async (connection) => {
		const { streams } = await jetstreamManager(connection);
		const { stream, canaries } = names(namespace);
		await streams.delete(stream);
		await streams.delete(canaries);
	});

/** A transport over the test server, with the stream in place. */
export async function overJetStream(overrides: Partial<JetStreamOptions> = {}): Promise<Transport> {
	const options = ownOptions(overrides);
	await declareBells(options);
	return {
		connect: () => jetStreamBus(options),
		sendRaw: (event, text) =>
			withNats(options.servers, async (connection) => {
				connection.publish(names(options.namespace).fact(event), text);
				await connection.flush();
			}),
		sendFromOutside: (event, text, id) =>
			withNats(options.servers, async (connection) => {
				const beside = headers();
				// No URI encoding, as ours have: nothing that a stranger writes may hurt.
				beside.set("stoa-name", "100 %");
				if (id !== undefined) beside.set("Nats-Msg-Id", id);
				connection.publish(doorOf(options.namespace, event), text, { headers: beside });
				await connection.flush();
			}),
		close: () => removeBells(options),
	};
}
