import { parseArgs } from "node:util";
import { cellNamed, CELLS, subjectNamed } from "./cells.ts";
import type { Cell } from "./cells.ts";

/** How long and how often each side of a cell is measured. */
export interface Pace {
	readonly warmUpMs: number;
	readonly sliceMs: number;
	/** How often the two sides take turns. */
	readonly rounds: number;
}

export interface Options {
	readonly cells: readonly Cell[];
	readonly pace: Pace;
	/** A file for the results as JSON. */
	readonly jsonFile?: string | undefined;
	/** Profile this cell on Stoa's side instead of measuring. */
	readonly profiled?: Cell | undefined;
	readonly isHelp: boolean;
}

export const USAGE = `Usage: npm run bench -- [options]

  --quick              shorter slices: a look, not a measurement
  --only a,b           of: products, list, orders, login
  --json <file>        also write the results as JSON
  --profile <cell>     e.g. orders@16: where Stoa's process spends its time in this cell
`;

const FULL: Pace = { warmUpMs: 1_500, sliceMs: 2_000, rounds: 3 };
const QUICK: Pace = { warmUpMs: 500, sliceMs: 700, rounds: 2 };

/** @throws an error that names what was not understood */
export function optionsFrom(parameters: readonly string[]): Options {
	const { values } = parseArgs({
		args: [...parameters],
		options: {
			quick: { type: "boolean", default: false },
			only: { type: "string" },
			json: { type: "string" },
			profile: { type: "string" },
			help: { type: "boolean", default: false },
		},
	});
	const only = values.only?.split(",").map((name) => subjectNamed(name.trim()));
	return {
		cells: CELLS.filter(({ subject }) => only === undefined || only.includes(subject)),
		pace: values.quick ? QUICK : FULL,
		jsonFile: values.json,
		profiled: values.profile === undefined ? undefined : cellNamed(values.profile),
		isHelp: values.help,
	};
}
