import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { birthOf } from "../postgres/processes.ts";

/** What a folder knows of the process that was started on it last, dead or alive. */
export interface ProcessRecord {
	readonly pid: number;
	/** Pids are used again: the birth tells a stranger who has the pid of a dead server. */
	readonly birth: string | undefined;
	/** Of its command and files: a server whose settings have changed since is started anew. */
	readonly settings: string;
}

export function writeRecord(file: string, pid: number, settings: string): ProcessRecord {
	const record = { pid, birth: birthOf(pid), settings };
	writeFileSync(file, JSON.stringify(record));
	return record;
}

/** The record of the folder, if its process lives. A zombie does not. */
export function livingRecord(file: string): ProcessRecord | undefined {
	try {
		const record = JSON.parse(readFileSync(file, "utf8")) as ProcessRecord;
		return isAlive(record) ? record : undefined;
	} catch {
		return undefined;
	}
}

export function isAlive({ pid, birth }: ProcessRecord): boolean {
	const current = birthOf(pid);
	return birth !== undefined && (current === birth || (current === undefined && hasThreads(pid)));
}

/** Whether other threads outlive the first one, as those of a killed process do for a moment, with all its ports. */
function hasThreads(pid: number): boolean {
	try {
		return readdirSync(`/proc/${pid}/task`).length > 1;
	} catch {
		return false;
	}
}
