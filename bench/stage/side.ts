import type { SideName } from "../cells.ts";
import type { Target } from "../load/request.ts";
import type { StatementMeter } from "../measure/statement-meter.ts";
import type { RunningServer } from "../../bin/servers/server.ts";
import type { ServerProcess } from "./server-process.ts";

/** One of those that are compared. */
export interface Side {
	readonly name: SideName;
	/** Where requests go. */
	readonly target: Target;
	/** Whatever serves them: what all of these use together is what a request costs. */
	readonly processes: readonly ServerProcess[];
	readonly meter: StatementMeter;
}

/** What a side is made of, and where. */
export interface Site {
	/** A folder of this run. */
	readonly home: string;
	/** URL of the PostgreSQL server that all sides share. */
	readonly postgres: string;
	readonly log: (line: string) => void;
	/** A server of this run alone, started when it is first asked for. */
	readonly server: (name: "redis" | "rabbitmq") => Promise<RunningServer>;
	/** A side of this run, started when it is first asked for. */
	readonly side: (name: SideName) => Promise<Side>;
	/** Is done when the run ends, after what was asked for later. */
	readonly atEnd: (cleanup: Cleanup) => void;
}

export type Cleanup = () => Promise<unknown>;

/** Processor time of all its processes so far. */
export async function cpuMsOf({ processes }: Side): Promise<number> {
	const usages = await Promise.all(processes.map((each) => each.usage()));
	return usages.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}
