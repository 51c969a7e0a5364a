import { ServiceBusy } from "../../services/contracts/errors.ts";

interface PostgresError extends Error {
	readonly code?: string;
	readonly constraint?: string;
	readonly severity?: string;
}

/** Worth running the transaction again at once: serialization failure, deadlock. */
const CONFLICTS = new Set(["40001", "40P01"]);

/** Lock or statement timeout, too many connections, server going down or starting. */
const BUSY = new Set(["55P03", "57014", "53300", "57P01", "57P02", "57P03", "25P03"]);

const UNREACHABLE = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH"]);
const DRIVER_LOST =
	/Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed/;

export const isConflict = (error: unknown): boolean => CONFLICTS.has((error as PostgresError).code ?? "");

/** The server refused the statement and keeps the connection. */
export const isRefused = (error: unknown): boolean => (error as PostgresError).severity === "ERROR";

/** True when the named unique or check constraint refused the statement. */
export const violates = (error: unknown, constraint: string): boolean =>
	(error as PostgresError).constraint === constraint;

/** What a caller may know of a database error: that it is worth trying again, or the error itself. */
export function translated(error: unknown): unknown {
	const { code: given, message } = error as Error & { readonly code?: unknown };
	// Refusals and Moleculer's errors have a number there.
	const code = typeof given === "string" ? given : "";
	const isBusy = BUSY.has(code) || CONFLICTS.has(code) || code.startsWith("08");
	if (isBusy || UNREACHABLE.has(code) || DRIVER_LOST.test(message)) return new ServiceBusy({ retryAfterSeconds: 1 });
	return error;
}
