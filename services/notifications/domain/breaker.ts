/** Faults in a row after which a provider counts as dead. */
const FAULTS = 5;
/** How long it is left alone then; doubled each time, up to the longest. */
const REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;

/** What is known of a provider's health: it costs nothing to ask, and waiting for a dead one costs seconds. */
export interface Breaker {
	readonly faults: number;
	/** Milliseconds; before that moment it is not asked. */
	readonly restsUntilMs: number;
}

export const CLOSED: Breaker = { faults: 0, restsUntilMs: 0 };

/** After a fault of the provider itself: no connection, no answer in time, a login refused. */
export function faulted({ faults }: Breaker, nowMs: number): Breaker {
	const next = faults + 1;
	if (next < FAULTS) return { faults: next, restsUntilMs: 0 };
	return { faults: next, restsUntilMs: nowMs + Math.min(REST_MS * 2 ** (next - FAULTS), LONGEST_REST_MS) };
}

/** How many may be sent at once: all, one to find out whether it is back, or none. */
export function admits({ faults, restsUntilMs }: Breaker, nowMs: number): "all" | "one" | "none" {
	if (faults < FAULTS) return "all";
	return nowMs < restsUntilMs ? "none" : "one";
}
