const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits before the tries after the first, three days together; whoever fails them all is given up. */
export const WAITS_MS: readonly number[] = [
	...[10_000, MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS],
	...[1, 2, 4, 8, 12, 12, 12, 12, 8].map((hours) => hours * HOUR_MS),
];

/** A receiver may ask for patience, but not for ever. */
const LONGEST_ASKED_MS = 24 * HOUR_MS;

export interface Chance {
	/** From 0 up to 1. */
	readonly random: number;
}

/**
 * How long to wait after a failed try: up to a fifth more or less than planned, so that what failed together does not
 * come together again; at least as long as the receiver asked for.
 *
 * @param tries how often it was tried, from 1
 * @param askedMs of its Retry-After; 0 when it asked for nothing
 * @returns undefined when all tries are used up
 */
export function waitMs(tries: number, askedMs: number, { random }: Chance): number | undefined {
	const planned = WAITS_MS[tries - 1];
	if (planned === undefined) return undefined;
	return Math.max(Math.round(planned * (0.8 + 0.4 * random)), Math.min(askedMs, LONGEST_ASKED_MS));
}

/** Retry-After in seconds or as a date, in milliseconds from now; 0 when it says nothing that makes sense. */
export function askedMs(retryAfter: string | undefined, now: Date): number {
	if (retryAfter === undefined) return 0;
	const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now.getTime();
	return Number.isFinite(ms) && ms > 0 ? ms : 0;
}
