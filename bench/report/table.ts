import type { SideName } from "../cells.ts";
import type { CellResult, SideResult } from "../measure/result.ts";

const FIGURES = ["requests/s", "p50 ms", "p99 ms", "CPU ms/request", "SQL/request", "refused", "errors"] as const;
const GOAL = "goal";
const LABEL_WIDTH = 22;
const NAME_WIDTH = 13;

/** The results of cells as aligned text: a line for each side, the ratios on the first. */
export function table(results: readonly CellResult[]): string {
	const others = [...new Set(results.flatMap(({ ratios }) => Object.keys(ratios) as SideName[]))];
	const hasGoals = results.some(({ goal }) => goal !== undefined);
	const columns = [...FIGURES, ...others.map((name) => `/ ${name}`), ...(hasGoals ? [GOAL] : [])];
	const line = (label: string, values: readonly string[]) =>
		(label.padEnd(LABEL_WIDTH) + values.map((value, index) => cell(value, columns[index] ?? "")).join("")).trimEnd();
	const rows = results.flatMap((result) =>
		result.sides.map((side, index) => {
			const label = (index === 0 ? result.name : "").padEnd(NAME_WIDTH);
			return line(`${label} ${side.name}`, [...figures(side), ...(index === 0 ? comparison(result, others) : [])]);
		}),
	);
	return [line("", columns), ...rows].join("\n");
}

const figures = (side: SideResult): string[] => [
	perSecond(side),
	side.p50Ms.toFixed(2),
	side.p99Ms.toFixed(2),
	side.cpuMsPerRequest.toFixed(3),
	side.statementsPerRequest.toFixed(2),
	String(side.refused),
	String(side.errors),
];

/** `1,234`, and a decimal where there are few. */
export function perSecond({ perSecond: rate }: SideResult): string {
	const maximumFractionDigits = rate < 100 ? 1 : 0;
	return rate.toLocaleString("en", { maximumFractionDigits });
}

const comparison = (result: CellResult, others: readonly SideName[]): string[] => [
	...others.map((name) => result.ratios[name]?.toFixed(3) ?? ""),
	verdict(result),
];

function verdict({ goal, isGoalMet }: CellResult): string {
	if (goal === undefined) return "";
	const most = goal.statementsPerRequest === undefined ? "" : `, ≤ ${goal.statementsPerRequest} SQL`;
	return `≥ ${goal.ratio}${most}: ${isGoalMet ? "met" : "MISSED"}`;
}

/** Numbers to the right, the verdict to the left. */
const cell = (value: string, column: string): string =>
	column === GOAL ? `   ${value}` : value.padStart(Math.max(column.length, 7) + 3);
