const FREE_TRIES = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/**
 * How long the next login has to wait after this many failures in a row: nothing before the fifth,
 * then a second, doubled by each further failure, never more than a quarter of an hour.
 */
export function pauseMs(failures: number): number {
	if (failures < FREE_TRIES) return 0;
	return Math.min(FIRST_PAUSE_MS * 2 ** (failures - FREE_TRIES), LONGEST_PAUSE_MS);
}
