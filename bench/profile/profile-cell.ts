import { nameOf } from "../cells.ts";
import type { Cell } from "../cells.ts";
import { closedLoop } from "../load/closed-loop.ts";
import { scriptOf } from "../load/scripts.ts";
import type { Pace } from "../options.ts";
import type { Side } from "../stage/stage.ts";
import { selfTimes } from "./self-times.ts";
import type { CpuProfile, SelfTime } from "./self-times.ts";
import { costLine, spent } from "./statement-costs.ts";

const SLICES = 4;
const TOP_GROUPS = 25;
const TOP_FUNCTIONS = 30;
const TOP_STATEMENTS = 30;

/** Where a server and its databases spend their time in one cell, as text: by package, by function, by statement. */
export async function profileCell({ server, meter }: Side, cell: Cell, { warmUpMs, sliceMs }: Pace): Promise<string> {
	const script = await scriptOf(cell.subject, server);
	const load = (durationMs: number) => closedLoop(server, cell.connections, durationMs, script);
	await load(2 * warmUpMs);
	await meter.settled();
	const [{ cpuMs }, statements] = [await server.usage(), await meter.list()];
	let requests = 0;
	const profile = await server.profiled(async () => {
		requests = (await load(SLICES * sliceMs)).latenciesMs.length;
		await meter.settled();
	});
	const spentMs = (await server.usage()).cpuMs - cpuMs;
	const costs = spent(statements, await meter.list());
	return [
		`${nameOf(cell)}: ${requests} requests, ${(spentMs / requests).toFixed(3)} ms CPU each (all threads, under the profiler)`,
		...threadLines(profile as CpuProfile, requests),
		"",
		"Statements, by the time they took in PostgreSQL (for each request)",
		...costs.slice(0, TOP_STATEMENTS).map((cost) => costLine(cost, requests)),
	].join("\n");
}

function threadLines(profile: CpuProfile, requests: number): string[] {
	const { groups, functions } = selfTimes(profile);
	return [
		"",
		"Main thread, by package, with what Node and V8 did for it (wall time: a write that wakes PostgreSQL on a busy",
		"machine lasts until the thread runs again)",
		...groups.slice(0, TOP_GROUPS).map((each) => line(each, requests)),
		"",
		"Main thread, by function",
		...functions.slice(0, TOP_FUNCTIONS).map((each) => line(each, requests)),
	];
}

const line = ({ name, selfMs, share }: SelfTime, requests: number): string =>
	`${(100 * share).toFixed(1).padStart(6)} %  ${((1_000 * selfMs) / requests).toFixed(1).padStart(8)} µs/request  ${name}`;
