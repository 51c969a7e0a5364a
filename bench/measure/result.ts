import { nameOf } from "../cells.ts";
import type { Cell, Goal, SideName } from "../cells.ts";
import type { Slice } from "../load/closed-loop.ts";

/** A slice of load and its cost. */
export interface Measured extends Slice {
	/** Of all processes of the side. */
	readonly cpuMs: number;
	readonly statements: number;
	/** How long after the last answer the work that follows from the requests was done. */
	readonly settledAfterMs: number;
}

/** One side of a cell, over all of its slices. */
export interface SideResult {
	readonly name: SideName;
	readonly requests: number;
	readonly perSecond: number;
	readonly p50Ms: number;
	readonly p99Ms: number;
	readonly cpuMsPerRequest: number;
	readonly statementsPerRequest: number;
	readonly refused: number;
	readonly errors: number;
	/** What the first unexpected answer said. */
	readonly firstError?: string | undefined;
	/** The longest of all slices. */
	readonly settledAfterMs: number;
}

export interface CellResult {
	readonly name: string;
	/** The first is whom the ratios are about. */
	readonly sides: readonly SideResult[];
	/** The first one's requests a second beside those of each other side. */
	readonly ratios: Ratios;
	/** Undefined where nothing is promised. */
	readonly isGoalMet?: boolean | undefined;
	readonly goal?: Goal | undefined;
}

export type Ratios = { readonly [Name in SideName]?: number };

export interface Slices {
	readonly name: SideName;
	readonly slices: readonly Measured[];
}

export function resultOf(cell: Cell, measured: readonly Slices[]): CellResult {
	const sides = measured.map(summary);
	const ratios = ratiosOf(sides);
	const { goal } = cell;
	return { name: nameOf(cell), sides, ratios, goal, isGoalMet: goal && isMet(goal, ratios, sides) };
}

function ratiosOf([first, ...others]: readonly SideResult[]): Ratios {
	const ratios = others.map(({ name, perSecond }) => [name, (first?.perSecond ?? NaN) / perSecond]);
	return Object.fromEntries(ratios) as Ratios;
}

function isMet(goal: Goal, { floor = NaN }: Ratios, [first]: readonly SideResult[]): boolean {
	const { ratio: least, statementsPerRequest: most = Infinity } = goal;
	return floor >= least && (first?.statementsPerRequest ?? NaN) <= most;
}

/** Sums the slices of one side; answers as expected are what counts as requests. */
export function summary({ name, slices }: Slices): SideResult {
	const latenciesMs = slices.flatMap((slice) => slice.latenciesMs).sort((one, other) => one - other);
	const requests = latenciesMs.length;
	const failures = slices.flatMap((slice) => slice.failures);
	const [first] = failures;
	return {
		name,
		requests,
		perSecond: requests / (total(slices, "elapsedMs") / 1_000),
		p50Ms: quantile(latenciesMs, 0.5),
		p99Ms: quantile(latenciesMs, 0.99),
		cpuMsPerRequest: total(slices, "cpuMs") / requests,
		statementsPerRequest: total(slices, "statements") / requests,
		refused: total(slices, "refused"),
		errors: failures.length,
		firstError: first && `${first.status} ${first.body}`,
		settledAfterMs: Math.max(...slices.map((slice) => slice.settledAfterMs)),
	};
}

type Amount = "elapsedMs" | "cpuMs" | "statements" | "refused";

const total = (slices: readonly Measured[], amount: Amount): number =>
	slices.reduce((sum, slice) => sum + slice[amount], 0);

/** The nearest-rank quantile. @param sorted ascending */
export const quantile = (sorted: readonly number[], share: number): number =>
	sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
