import { ServiceBusy } from "../../../services/contracts/errors.ts";

interface MongoError extends Error {
	readonly code?: unknown;
	readonly errorLabels?: readonly string[];
}

/** The driver's names for a server that is away, silent, or has no connection left. */
const UNREACHABLE =
	/^Mongo(Network|NetworkTimeout|ServerSelection|Timeout|WriteConcern|PoolCleared|ParallelConnection)?Error$/;
const AWAY = /topology (is closed|was destroyed)|pool destroyed|connection .*(closed|timed out)|timed out/i;

/** Stepping down, shutting down, not primary (any more), out of time, a collection renamed under a query, cursor gone. */
const BUSY = new Set<unknown>([
	6, 7, 24, 43, 50, 64, 89, 91, 112, 175, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436,
]);

export const isDuplicate = (error: unknown): boolean => (error as MongoError).code === 11_000;

/** A collection that is not there: the server names the code, mongo-java-server only says so. */
export const isMissing = (error: unknown): boolean =>
	(error as MongoError).code === 26 || /ns not found|namespace does not exist/.test((error as Error).message);

/** What a caller may know of MongoDB's error: that it is worth trying again, or the error itself. */
export function translated(error: unknown): unknown {
	const { name, code, message, errorLabels = [] } = error as MongoError;
	const isFault = name !== "MongoError" && UNREACHABLE.test(name);
	const isBusy = isFault || BUSY.has(code) || errorLabels.includes("RetryableWriteError") || AWAY.test(message);
	return isBusy ? new ServiceBusy({ retryAfterSeconds: 1 }) : error;
}
