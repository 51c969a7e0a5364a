import type { Happened } from "../fault-runner.ts";
import type { ChaosEvidence } from "./checks.ts";
import { percentile } from "./recovery.ts";

export interface Numbers {
	/** Sagas taken over from an owner that died or was slow. */
	readonly takeovers: number;
	/** Facts that came again to a consumer that had handled them. */
	readonly duplicates: number;
	readonly faults: readonly Happened[];
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** What happened, in numbers. */
export function printSummary(
	{ history, recoveries, hits }: ChaosEvidence,
	{ takeovers, duplicates, faults }: Numbers,
): void {
	const entries = history.entries();
	const orders = entries.filter(({ kind }) => kind === "order");
	const counted = (of: readonly { status?: number }[]) =>
		[...Map.groupBy(of, ({ status }) => String(status))]
			.map(([status, each]) => `${each.length} × ${status}`)
			.join(", ");
	const others = (["payment", "cancellation", "refund", "registration", "product"] as const).map(
		(kind) => `${kind} ${counted(entries.filter((entry) => entry.kind === kind))}`,
	);
	const sum = (pick: (entry: (typeof entries)[number]) => number | undefined) =>
		entries.reduce((total, entry) => total + (pick(entry) ?? 0), 0);
	const lines = [
		`Orders      ${orders.length}: ${counted(orders)}`,
		`Others      ${others.join("; ")}`,
		`Faults      ${faults.length}: ${[...hits].map(([name, count]) => `${count} × ${name}`).join(", ")}`,
		`Repeated    ${sum(({ retries }) => retries)} requests sent again, ${sum(({ replays }) => replays)} answers replayed from store`,
		`Duplicates  ${duplicates} facts came again, and were absorbed`,
		`Sagas       ${takeovers} taken over`,
		`Recovery    p50 ${seconds(percentile(recoveries, 0.5))}, p99 ${seconds(percentile(recoveries, 0.99))}, max ${seconds(percentile(recoveries, 1))} of ${recoveries.length} orders that met a fault`,
	];
	console.log(`\n${lines.join("\n")}\n`);
}
