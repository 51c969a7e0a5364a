import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import type { Section } from "../cells.ts";
import type { Idle } from "../measure/idle.ts";
import type { CellResult } from "../measure/result.ts";
import type { DatabaseFacts } from "../stage/database.ts";
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

export interface SectionResult extends Pick<Section, "name" | "title"> {
	readonly idle: readonly Idle[];
	readonly results: readonly CellResult[];
}

/** Everything that a reader of the numbers needs to know, as text. */
export function report(sections: readonly SectionResult[], environment: Environment): string {
	const { cpu, cores, memoryGb, node, platform, postgres } = environment;
	const firsts = sections.flatMap(({ results }) => results.flatMap(({ sides }) => sides.slice(0, 1)));
	const longestMs = Math.max(0, ...firsts.map(({ settledAfterMs }) => settledAfterMs));
	return [
		...sections.flatMap(({ title, idle, results }) => ["", title, table(results), idleLine(idle)]),
		"",
		"/ floor: requests/s beside the floor's; / laptop, / echo likewise. CPU: of all processes of the side, what follows",
		"from a request (relay, consumers) and what an idle side uses included; servers such as PostgreSQL, Redis and RabbitMQ",
		"not. SQL: statements without begin and commit, the same included. What is named first had everything delivered",
		`at most ${Math.ceil(longestMs)} ms after its last answer.`,
		"",
		`${cores} cores (${cpu}), ${memoryGb} GB, ${platform}, Node ${node}, PostgreSQL ${postgres.version}, ` +
			`fsync ${postgres.fsync}, synchronous_commit ${postgres.synchronousCommit}`,
		"All sides, their servers and the load share these cores.",
		...(environment.loadBefore > QUIET_LOAD ? [busyLine(environment)] : []),
	].join("\n");
}

const idleLine = (idle: readonly Idle[]): string =>
	`Idle, a second: ${idle
		.map(({ name, cpuMsPerSecond: cpuMs, statementsPerSecond: statements }) => {
			return `${name} ${cpuMs.toFixed(1)} ms CPU, ${statements.toFixed(1)} SQL`;
		})
		.join("; ")}.`;

const busyLine = ({ loadBefore }: Environment): string =>
	`This machine was busy before the run (load ${loadBefore.toFixed(1)}), which also brings the ratios closer to 1: these numbers ` +
	"prove no goal. Measure again when it is quiet.";
