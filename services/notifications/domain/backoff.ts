/** Waits before the tries after the first; whoever fails them all is given up. */
export const RETRY_AFTER_MS: readonly number[] = [10_000, 60_000, 600_000, 3_600_000];

/** Waits differ by so much, so that what failed together does not come back together. */
const JITTER = 0.2;

/**
 * How long to wait before the next try; undefined when there is none.
 *
 * @param tries made so far
 * @param chance from 0 to 1
 */
export function retryAfterMs(tries: number, chance: number): number | undefined {
	const waitMs = RETRY_AFTER_MS[tries - 1];
	return waitMs === undefined ? undefined : Math.round(waitMs * (1 - JITTER + 2 * JITTER * chance));
}

/** A notification that was taken more often has ended its process each time, before it could be recorded. */
export const isPoisonous = (tries: number): boolean => tries > RETRY_AFTER_MS.length + 1;
