import type { RedisOptions } from "ioredis";

const LONGEST_RECONNECT_MS = 1_000;

/**
 * How every client of the broker reaches Redis: again within a second after it is back, noticing within eight
 * that it fell silent, and never keeping a command for later when it was not answered.
 *
 * @param url `redis://` or `rediss://`; a private authority's certificate comes by NODE_EXTRA_CA_CERTS
 */
export function redisOptions(url: string): RedisOptions {
	const { protocol, hostname, port, username, password, pathname } = new URL(url);
	return {
		host: hostname.replace(/^\[(.*)\]$/, "$1"),
		port: Number(port || 6379),
		db: Number(pathname.slice(1) || 0),
		...(username !== "" && { username: decodeURIComponent(username) }),
		...(password !== "" && { password: decodeURIComponent(password) }),
		...(protocol === "rediss:" && { tls: {} }),
		connectTimeout: 5_000,
		socketTimeout: 8_000,
		keepAlive: 10_000,
		autoResendUnfulfilledCommands: false,
		retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RECONNECT_MS),
	};
}

/** For clients whose commands are worth nothing later: without a connection they fail at once. */
export const NOW_OR_NEVER: RedisOptions = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
