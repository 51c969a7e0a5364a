import type { Spread } from "./measure.ts";

/** One promise, and what was measured of it. */
export interface Verdict {
	readonly promise: string;
	readonly measured: string;
	readonly isMet: boolean;
}

const MOST_TIMES = 2;
const BROAD_WITHIN_MS = 50;
const LEAST_FOUND = 95;

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const spread = ({ p50Ms, p95Ms, count, matches }: Spread): string =>
	`p50 ${ms(p50Ms)}, p95 ${ms(p95Ms)} (${count} asked, ${matches.toFixed(0)} found on average)`;

/** How much the second took beside the first. */
const times = (one: Spread, other: Spread): number => other.p95Ms / one.p95Ms;

export function equalVerdict(few: Spread, many: Spread, counts: readonly [string, string]): Verdict {
	const ratio = times(few, many);
	return {
		promise: `searches with equal matches: p95 of ${counts[1]} within ${MOST_TIMES} times that of ${counts[0]} products`,
		measured: `${ratio.toFixed(2)} times; ${counts[0]}: ${spread(few)}; ${counts[1]}: ${spread(many)}`,
		isMet: ratio <= MOST_TIMES,
	};
}

export const broadVerdict = (broad: Spread, count: string): Verdict => ({
	promise: `broad searches of ${count} products: p95 below ${BROAD_WITHIN_MS} ms`,
	measured: spread(broad),
	isMet: broad.p95Ms < BROAD_WITHIN_MS,
});

export function pagesVerdict(sort: string, { first, deep }: { first: Spread; deep: Spread }): Verdict {
	const ratio = times(first, deep);
	return {
		promise: `list by ${sort}: p95 of cursor page 10,000 within ${MOST_TIMES} times that of the first page`,
		measured: `${ratio.toFixed(2)} times; first: ${spread(first)}; deep: ${spread(deep)}`,
		isMet: ratio <= MOST_TIMES,
	};
}

export const typosVerdict = ({
	found,
	missed,
	times,
}: {
	found: number;
	missed: string[];
	times: Spread;
}): Verdict => ({
	promise: `misspelled names: at least ${LEAST_FOUND} of ${times.count} find their product on the first page`,
	measured: [`${found} found; ${spread(times)}`, ...missed.map((each) => `missed: ${each}`)].join("\n      "),
	isMet: found >= LEAST_FOUND,
});

export const verdictLines = (verdicts: readonly Verdict[]): string =>
	verdicts
		.map(({ promise, measured, isMet }) => `${isMet ? "met   " : "MISSED"} ${promise}\n      ${measured}`)
		.join("\n");
