import { cpus, availableParallelism, totalmem } from "node:os";
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
}

export function environmentOf(postgres: DatabaseFacts): Environment {
	return {
		cpu: cpus()[0]?.model ?? "unknown",
		cores: availableParallelism(),
		memoryGb: Math.round(totalmem() / 2 ** 30),
		node: process.version,
		platform: `${process.platform} ${process.arch}`,
		postgres,
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
	].join("\n");
}
