import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import type { CellResult } from "../measure/result.ts";
import type { DatabaseFacts } from "../stage/stage.ts";
import { table } from "./table.ts";

export interface Environment {
	readonly cpu: string;
	readonly cores: number;
	readonly memoryGb: number;
	readonly node: string;
	readonly platform: string;
	readonly postgres: DatabaseFacts;
	/** How many processes wanted to run before this one began: of a quiet machine, near 0. */
	readonly loadBefore: number;
}

/** Above this, what else the machine does decides the numbers: a server that waits for a core is as fast as any other. */
const QUIET_LOAD = 0.7;

/** Take it before anything is started. */
export const machineLoad = (): number => loadavg()[0] ?? 0;

export function environmentOf(postgres: DatabaseFacts, loadBefore: number): Environment {
	return {
		cpu: cpus()[0]?.model ?? "unknown",
		cores: availableParallelism(),
		memoryGb: Math.round(totalmem() / 2 ** 30),
		node: process.version,
		platform: `${process.platform} ${process.arch}`,
		postgres,
		loadBefore,
	};
}

/** Everything that a reader of the numbers needs to know, as text. */
export function report(results: readonly CellResult[], environment: Environment, idlePerSecond: number): string {
	const { cpu, cores, memoryGb, node, platform, postgres } = environment;
	const longestMs = Math.max(0, ...results.map(({ stoa }) => stoa.settledAfterMs));
	return [
		"",
		table(results),
		"",
		"ratio: Stoa's requests/s beside the floor's. CPU: of the server's process alone, what follows from a request",
		"(relay, consumers) included. SQL: statements without begin and commit, the same included; of these an idle Stoa",
		`runs ${idlePerSecond.toFixed(1)} a second. Stoa had everything delivered at most ${Math.ceil(longestMs)} ms after its last answer.`,
		"",
		`${cores} cores (${cpu}), ${memoryGb} GB, ${platform}, Node ${node}, PostgreSQL ${postgres.version}, ` +
			`fsync ${postgres.fsync}, synchronous_commit ${postgres.synchronousCommit}`,
		"Both servers, PostgreSQL and the load share these cores.",
		...(environment.loadBefore > QUIET_LOAD ? [busyLine(environment)] : []),
	].join("\n");
}

const busyLine = ({ loadBefore }: Environment): string =>
	`This machine was busy before the run (load ${loadBefore.toFixed(1)}), which also brings the ratios closer to 1: these numbers ` +
	"prove no goal. Measure again when it is quiet.";
