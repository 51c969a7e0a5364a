import type { CellResult, SideResult } from "../measure/result.ts";

const COLUMNS = [
	"requests/s",
	"p50 ms",
	"p99 ms",
	"CPU ms/request",
	"SQL/request",
	"refused",
	"errors",
	"ratio",
	"goal",
] as const;

const LABEL_WIDTH = 20;

/** The results as aligned text, two lines a cell. */
export function table(results: readonly CellResult[]): string {
	const header = "".padEnd(LABEL_WIDTH) + COLUMNS.map((name) => cell(name, name)).join("");
	const rows = results.flatMap((result) => [
		line(`${result.name.padEnd(13)} Stoa`, [...figures(result.stoa), result.ratio.toFixed(3), verdict(result)]),
		line(`${"".padEnd(13)} floor`, [...figures(result.floor), "", ""]),
	]);
	return [header, ...rows].join("\n");
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

function verdict({ goal, isGoalMet }: CellResult): string {
	if (goal === undefined) return "";
	const most = goal.statementsPerRequest === undefined ? "" : `, ≤ ${goal.statementsPerRequest} SQL`;
	return `≥ ${goal.ratio}${most}: ${isGoalMet ? "met" : "MISSED"}`;
}

const line = (label: string, values: readonly string[]): string =>
	(label.padEnd(LABEL_WIDTH) + values.map((value, index) => cell(value, COLUMNS[index] ?? "")).join("")).trimEnd();

/** Numbers to the right, the verdict to the left. */
const cell = (value: string, column: string): string =>
	column === "goal" ? `   ${value}` : value.padStart(Math.max(column.length, 7) + 3);
