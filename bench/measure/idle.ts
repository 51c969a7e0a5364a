import { setTimeout as wait } from "node:timers/promises";
import type { SideName } from "../cells.ts";
import type { Side } from "../stage/side.ts";
import { spentBy } from "./measure-cell.ts";

const FOR_MS = 2_000;
/** What has just started is still busy with itself. */
const AFTER_MS = 1_000;

/** What a side uses while nobody asks anything. */
export interface Idle {
	readonly name: SideName;
	readonly cpuMsPerSecond: number;
	readonly statementsPerSecond: number;
}

export async function idleOf(sides: readonly Side[]): Promise<Idle[]> {
	await wait(AFTER_MS);
	const before = await Promise.all(sides.map(spentBy));
	await wait(FOR_MS);
	const after = await Promise.all(sides.map(spentBy));
	const perSecond = (later = 0, earlier = 0) => (later - earlier) / (FOR_MS / 1_000);
	return sides.map(({ name }, index) => ({
		name,
		cpuMsPerSecond: perSecond(after[index]?.cpuMs, before[index]?.cpuMs),
		statementsPerSecond: perSecond(after[index]?.statements, before[index]?.statements),
	}));
}
