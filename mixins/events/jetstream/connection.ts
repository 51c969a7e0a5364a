import { connect } from "@nats-io/transport-node";
import type { ConnectionOptions, NatsConnection } from "@nats-io/transport-node";
import type { BusLog } from "../bus.ts";
import { Kept } from "../kept.ts";
import type { Opened } from "../kept.ts";

const CONNECT_TIMEOUT_MS = 5_000;
/** A server that fell silent is noticed after three pings. */
const PING_EVERY_MS = 5_000;
const PINGS_UNANSWERED = 2;

/**
 * The one connection of a bus. It is opened anew when it is lost, by us: what is kept on it is rebuilt along.
 *
 * @param servers `nats://` or `tls://`, with user and password; a private authority's certificate comes by
 *   NODE_EXTRA_CA_CERTS
 */
export function natsAt(servers: readonly string[], log: BusLog, random: () => number): Kept<NatsConnection> {
	return new Kept({
		open: async () => {
			const connection = await connect(connectionOptions(servers));
			log.info("NATS is connected.");
			return opened(connection, log);
		},
		close: (connection) => connection.close(),
		report: (error) => log.warn("NATS is out of reach, will try again:", error),
		random,
	});
}

/** How the client takes addresses: credentials and TLS apart. */
export function connectionOptions(servers: readonly string[]): ConnectionOptions {
	const urls = servers.map((server) => new URL(server));
	const [{ username, password } = new URL("nats://localhost")] = urls;
	return {
		servers: urls.map(({ host }) => host),
		...(username !== "" && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
		...(urls.some(({ protocol }) => protocol === "tls:") && { tls: {} }),
		name: "stoa",
		reconnect: false,
		timeout: CONNECT_TIMEOUT_MS,
		pingInterval: PING_EVERY_MS,
		maxPingOut: PINGS_UNANSWERED,
	};
}

function opened(connection: NatsConnection, log: BusLog): Opened<NatsConnection> {
	const closed = connection.closed().then((error) => {
		if (error instanceof Error) log.warn("The connection to NATS broke:", error);
	});
	return { value: connection, closed };
}
