import { nameOf } from "../cells.ts";
import type { Cell } from "../cells.ts";
import { closedLoop } from "../load/closed-loop.ts";
import { scriptOf } from "../load/scripts.ts";
import type { Pace } from "../options.ts";
import type { Side } from "../stage/stage.ts";
import { selfTimes } from "./self-times.ts";
import type { CpuProfile, SelfTime } from "./self-times.ts";

const SLICES = 4;
const TOP_FUNCTIONS = 30;
const TOP_GROUPS = 25;

/** Where a server's process spends its time in one cell, as text: by package, then by function. */
export async function profileCell({ server, meter }: Side, cell: Cell, { warmUpMs, sliceMs }: Pace): Promise<string> {
	const script = await scriptOf(cell.subject, server);
	const load = (durationMs: number) => closedLoop(server, cell.connections, durationMs, script);
	await load(2 * warmUpMs);
	const { cpuMs } = await server.usage();
	let requests = 0;
	const profile = await server.profiled(async () => {
		requests = (await load(SLICES * sliceMs)).latenciesMs.length;
		await meter.settled();
	});
	const spentMs = (await server.usage()).cpuMs - cpuMs;
	const { groups, functions } = selfTimes(profile as CpuProfile);
	return [
		`${nameOf(cell)}: ${requests} requests, ${(spentMs / requests).toFixed(3)} ms CPU each (all threads, under the profiler)`,
		"",
		"Main thread, self time by package",
		...groups.slice(0, TOP_GROUPS).map((each) => line(each, requests)),
		"",
		"Main thread, self time by function",
		...functions.slice(0, TOP_FUNCTIONS).map((each) => line(each, requests)),
	].join("\n");
}

const line = ({ name, selfMs, share }: SelfTime, requests: number): string =>
	`${(100 * share).toFixed(1).padStart(6)} %  ${((1_000 * selfMs) / requests).toFixed(1).padStart(8)} µs/request  ${name}`;
