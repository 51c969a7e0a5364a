import type { Cell } from "../cells.ts";
import { closedLoop } from "../load/closed-loop.ts";
import type { Script } from "../load/closed-loop.ts";
import { scriptOf } from "../load/scripts.ts";
import type { Pace } from "../options.ts";
import { cpuMsOf } from "../stage/side.ts";
import type { Side } from "../stage/side.ts";
import { resultOf } from "./result.ts";
import type { CellResult, Measured } from "./result.ts";

interface Runner {
	readonly side: Side;
	readonly script: Script;
	readonly slices: Measured[];
}

/** Measures all sides in turns, so that whatever else the machine does happens to each. */
export async function measureCell(sides: readonly Side[], cell: Cell, pace: Pace): Promise<CellResult> {
	const runners = await Promise.all(sides.map((side) => runnerOf(side, cell)));
	for (const { side, script } of runners) await load(side, script, cell, pace.warmUpMs * (cell.warmUps ?? 1));
	for (let round = 0; round < pace.rounds; round++) {
		// The last one first, every other time.
		const order = round % 2 === 0 ? runners : runners.toReversed();
		for (const { side, script, slices } of order) slices.push(await measured(side, script, cell, pace.sliceMs));
	}
	return resultOf(
		cell,
		runners.map(({ side: { name }, slices }) => ({ name, slices })),
	);
}

async function runnerOf(side: Side, { subject }: Cell): Promise<Runner> {
	return { side, script: await scriptOf(subject, side.target), slices: [] };
}

/** Loads one side, and waits until it has done everything that follows from it. */
async function load({ target, meter }: Side, script: Script, { connections }: Cell, durationMs: number) {
	const slice = await closedLoop(target, connections, durationMs, script);
	const answeredMs = performance.now();
	await meter.settled();
	return { ...slice, settledAfterMs: performance.now() - answeredMs };
}

/** A slice with what it cost the side, the work that follows from it included. */
async function measured(side: Side, script: Script, cell: Cell, durationMs: number): Promise<Measured> {
	const before = await spentBy(side);
	const slice = await load(side, script, cell, durationMs);
	const after = await spentBy(side);
	return { ...slice, cpuMs: after.cpuMs - before.cpuMs, statements: after.statements - before.statements };
}

/** What a side has used so far. */
export async function spentBy(side: Side): Promise<Pick<Measured, "cpuMs" | "statements">> {
	return { cpuMs: await cpuMsOf(side), statements: await side.meter.count() };
}
