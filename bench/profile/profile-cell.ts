import { nameOf } from "../cells.ts";
import type { Load } from "../cells.ts";
import { closedLoop } from "../load/closed-loop.ts";
import { scriptOf } from "../load/scripts.ts";
import type { Pace } from "../options.ts";
import type { ServerProcess } from "../stage/server-process.ts";
import type { Side } from "../stage/side.ts";
import { selfTimes } from "./self-times.ts";
import type { CpuProfile, SelfTime } from "./self-times.ts";
import { costLine, spent } from "./statement-costs.ts";

const WARM_UPS = 4;
const SLICES = 4;
const TOP_GROUPS = 25;
const TOP_FUNCTIONS = 30;
const TOP_STATEMENTS = 30;
/** A process that takes less of the time than this has nothing to do with the load. */
const TELLING_SHARE = 0.1;

interface Profiled {
	readonly name: string;
	readonly cpuMs: number;
	readonly profile: CpuProfile;
}

/** Where the processes of a side and its databases spend their time in one cell, as text: by package, function, statement. */
export async function profileCell(side: Side, load: Load, { warmUpMs, sliceMs }: Pace): Promise<string> {
	const { target, processes, meter } = side;
	const script = await scriptOf(load.subject, target);
	await closedLoop(target, load.connections, WARM_UPS * warmUpMs, script);
	await meter.settled();
	const statements = await meter.list();
	let requests = 0;
	const profiled = await profiledWhile(processes, async () => {
		requests = (await closedLoop(target, load.connections, SLICES * sliceMs, script)).latenciesMs.length;
		await meter.settled();
	});
	const costs = spent(statements, await meter.list());
	const spentMs = profiled.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
	return [
		`${nameOf(load)}, ${side.name}: ${requests} requests, ${(spentMs / requests).toFixed(3)} ms CPU each (all threads, under the profiler)`,
		"Main threads, by package, with what Node and V8 did for it (wall time: a write that wakes another process on a busy",
		"machine lasts until the thread runs again), and by function",
		...profiled.filter(({ cpuMs }) => cpuMs > TELLING_SHARE * spentMs).flatMap((each) => processLines(each, requests)),
		"",
		"Statements, by the time they took in PostgreSQL (for each request)",
		...costs.slice(0, TOP_STATEMENTS).map((cost) => costLine(cost, requests)),
	].join("\n");
}

async function profiledWhile(processes: readonly ServerProcess[], work: () => Promise<void>): Promise<Profiled[]> {
	const before = await Promise.all(processes.map((each) => each.usage()));
	await Promise.all(processes.map((each) => each.startProfile()));
	await work();
	return Promise.all(
		processes.map(async (each, index) => {
			const profile = (await each.stopProfile()) as CpuProfile;
			const { cpuMs } = await each.usage();
			return { name: each.name, cpuMs: cpuMs - (before[index]?.cpuMs ?? 0), profile };
		}),
	);
}

function processLines({ name, cpuMs, profile }: Profiled, requests: number): string[] {
	const { groups, functions } = selfTimes(profile);
	return [
		"",
		`${name}: ${(cpuMs / requests).toFixed(3)} ms CPU for each request`,
		...groups.slice(0, TOP_GROUPS).map((each) => line(each, requests)),
		"",
		...functions.slice(0, TOP_FUNCTIONS).map((each) => line(each, requests)),
	];
}

const line = ({ name, selfMs, share }: SelfTime, requests: number): string =>
	`${(100 * share).toFixed(1).padStart(6)} %  ${((1_000 * selfMs) / requests).toFixed(1).padStart(8)} µs/request  ${name}`;
