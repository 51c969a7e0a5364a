import type { StatementCost } from "../measure/statement-meter.ts";

const SHOWN_CHARACTERS = 110;

/** What was spent between two looks, the dearest statement first. */
export function spent(before: readonly StatementCost[], after: readonly StatementCost[]): StatementCost[] {
	const known = new Map(before.map((cost) => [keyOf(cost), cost]));
	return after
		.map((cost) => {
			const { calls = 0, totalMs = 0 } = known.get(keyOf(cost)) ?? {};
			return { ...cost, calls: cost.calls - calls, totalMs: cost.totalMs - totalMs };
		})
		.filter(({ calls }) => calls > 0)
		.sort((one, other) => other.totalMs - one.totalMs);
}

const keyOf = ({ database, text }: StatementCost): string => `${database} ${text}`;

/** One line: how often and how long for each request, where, and how it begins. */
export function costLine({ database, text, calls, totalMs }: StatementCost, requests: number): string {
	const begin = text.replace(/\s+/g, " ").trim().slice(0, SHOWN_CHARACTERS);
	const perRequest = `${(calls / requests).toFixed(2).padStart(8)} x ${((1_000 * totalMs) / requests).toFixed(1).padStart(8)} µs`;
	return `${perRequest}  ${database.padEnd(20)}  ${begin}`;
}
