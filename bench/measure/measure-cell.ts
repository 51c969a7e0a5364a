import type { Cell } from "../cells.ts";
import { closedLoop } from "../load/closed-loop.ts";
import type { Script } from "../load/closed-loop.ts";
import { scriptOf } from "../load/scripts.ts";
import type { Pace } from "../options.ts";
import type { Side, Stage } from "../stage/stage.ts";
import { resultOf } from "./result.ts";
import type { CellResult, Measured } from "./result.ts";

interface Runner {
	readonly side: Side;
	readonly script: Script;
	readonly slices: Measured[];
}

/** Measures both sides in turns, so that whatever else the machine does happens to both. */
export async function measureCell({ stoa, floor }: Stage, cell: Cell, pace: Pace): Promise<CellResult> {
	const runners = await Promise.all([stoa, floor].map((side) => runnerOf(side, cell)));
	for (const { side, script } of runners) await load(side, script, cell, pace.warmUpMs);
	for (let round = 0; round < pace.rounds; round++) {
		// The other one first, every other time.
		const order = round % 2 === 0 ? runners : runners.toReversed();
		for (const { side, script, slices } of order) slices.push(await measured(side, script, cell, pace.sliceMs));
	}
	const [ours = [], floors = []] = runners.map(({ slices }) => slices);
	return resultOf(cell, ours, floors);
}

async function runnerOf(side: Side, { subject }: Cell): Promise<Runner> {
	return { side, script: await scriptOf(subject, side.server), slices: [] };
}

/** Loads one side, and waits until it has done everything that follows from it. */
async function load({ server, meter }: Side, script: Script, { connections }: Cell, durationMs: number) {
	const slice = await closedLoop(server, connections, durationMs, script);
	const answeredMs = performance.now();
	await meter.settled();
	return { ...slice, settledAfterMs: performance.now() - answeredMs };
}

/** A slice with what it cost the server, the work that follows from it included. */
async function measured(side: Side, script: Script, cell: Cell, durationMs: number): Promise<Measured> {
	const { server, meter } = side;
	const before = { ...(await server.usage()), statements: await meter.count() };
	const slice = await load(side, script, cell, durationMs);
	const after = { ...(await server.usage()), statements: await meter.count() };
	return { ...slice, cpuMs: after.cpuMs - before.cpuMs, statements: after.statements - before.statements };
}
