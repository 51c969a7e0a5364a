import type { Check } from "../../trial/checks/check.ts";
import type { Entry } from "../../trial/history.ts";
import type { Happened } from "../fault-runner.ts";

/** After the machine is whole again, this many of the orders have their answer within this time. */
const SHARE = 0.99;
const WITHIN_MS = 30_000;

interface Answered {
	readonly startedMs: number;
	readonly answeredMs: number;
}

/**
 * How long each order that met a fault was still open after the last fault it met was healed, in milliseconds, in
 * order; 0 for one that was answered in spite of the fault.
 */
export function recoveriesOf(entries: readonly Answered[], faults: readonly Happened[]): number[] {
	return entries
		.flatMap(({ startedMs, answeredMs }) => {
			const met = faults.filter(({ beganMs, healedMs }) => startedMs < healedMs && answeredMs > beganMs);
			const healed = met.map(({ healedMs }) => healedMs).filter((healedMs) => healedMs < answeredMs);
			return met.length === 0 ? [] : [healed.length === 0 ? 0 : answeredMs - Math.max(startedMs, ...healed)];
		})
		.sort((one, other) => one - other);
}

export const answeredOrders = (entries: readonly Entry[]): Answered[] =>
	entries.flatMap(({ kind, startedMs, answeredMs }) =>
		kind === "order" && answeredMs !== undefined ? [{ startedMs, answeredMs }] : [],
	);

/** @param part 0 to 1 */
export const percentile = (sorted: readonly number[], part: number): number =>
	sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? 0;

export const recovery: Check<{ readonly recoveries: readonly number[] }> = {
	name: "recovery",
	meaning: `99 % of the orders that met a fault are answered within ${WITHIN_MS / 1_000} s after it was healed`,
	async violations({ recoveries }) {
		const late = recoveries.filter((each) => each > WITHIN_MS).length;
		const isRight = late <= recoveries.length * (1 - SHARE);
		return isRight ? [] : [`${late} of ${recoveries.length} orders had to wait longer`];
	},
};
