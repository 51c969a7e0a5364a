import { ServiceBusy } from "../../../services/contracts/errors.ts";
import { MalformedMessage } from "../fact.ts";

/** A message after this many deliveries that ended in nothing may be what ends the process. */
const DELIVERY_LIMIT = 20;
/** The longest wait of a message that is forgiven. */
const FORGIVEN_EVERY_MS = 60_000;
/** How long a database may be out of reach before that counts against the messages. */
const PATIENCE_MS = 24 * 3_600_000;

/** One delivery that failed. */
export interface Failed {
	readonly error: unknown;
	/** 1 for the first; the server counts those that ended with a process, too. */
	readonly deliveries: number;
	/** Since the fact was published. */
	readonly ageMs: number;
}

/** The server does not tell a message that was put off, once a minute at most, from one that ended its process. */
export const isKiller = (deliveries: number, ageMs: number): boolean =>
	deliveries > DELIVERY_LIMIT + ageMs / FORGIVEN_EVERY_MS;

/** @returns milliseconds until the next try; undefined when the tries are used up */
export function retryAfter({ error, deliveries, ageMs }: Failed, retryAfterMs: readonly number[]): number | undefined {
	if (error instanceof MalformedMessage) return undefined;
	const { type } = Object(error) as { readonly type?: unknown };
	const isForgiven = type === ServiceBusy.type && ageMs < PATIENCE_MS;
	// A database out of reach is not the fault of the message: the last wait is not entered for it.
	return retryAfterMs[(isForgiven ? Math.min(deliveries, retryAfterMs.length - 1) : deliveries) - 1];
}
