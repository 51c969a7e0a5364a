import { parseArgs } from "node:util";
import { loadNamed, SECTIONS, sectionsNamed, sideNamed } from "./cells.ts";
import type { Load, Section, SideName } from "./cells.ts";

/** How long and how often each side of a cell is measured. */
export interface Pace {
	readonly warmUpMs: number;
	readonly sliceMs: number;
	/** How often the sides take turns. */
	readonly rounds: number;
}

export interface Options {
	readonly sections: readonly Section[];
	readonly pace: Pace;
	/** A file for the results as JSON. */
	readonly jsonFile?: string | undefined;
	/** Profile this instead of measuring. */
	readonly profiled?: { readonly load: Load; readonly side: SideName } | undefined;
	readonly isHelp: boolean;
}

export const USAGE = `Usage: npm run bench -- [options]

  --quick              shorter slices: a look, not a measurement
  --only a,b           of: products, list, cached-list, search, orders, login (beside the floor), shapes (cluster, laptop and echo)
  --json <file>        also write the results as JSON
  --profile <cell>     e.g. orders@16: where the processes spend their time in this cell
  --side <side>        whose processes to profile: laptop (unless told otherwise), cluster, echo, floor
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
			side: { type: "string", default: "laptop" },
			help: { type: "boolean", default: false },
		},
	});
	const { only, profile } = values;
	const side = sideNamed(values.side);
	return {
		sections: only === undefined ? SECTIONS : sectionsNamed(only.split(",").map((name) => name.trim())),
		pace: values.quick ? QUICK : FULL,
		jsonFile: values.json,
		profiled: profile === undefined ? undefined : { load: loadNamed(profile), side },
		isHelp: values.help,
	};
}
