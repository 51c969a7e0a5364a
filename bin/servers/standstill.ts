import { readdirSync, readFileSync } from "node:fs";
import { hasProcFolder } from "../postgres/processes.ts";

/**
 * Whether every thread of a process group is stopped. SIGSTOP reaches a thread on another core a moment after `kill`
 * returns, and until then that thread may answer one more client.
 */
export function standsStill(group: number): boolean {
	if (!hasProcFolder) return true;
	return processesOf(group).flatMap(threadsOf).every(isStopped);
}

const processesOf = (group: number): string[] =>
	readdirSync("/proc").filter((name) => /^\d+$/.test(name) && statOf(`/proc/${name}`)[2] === String(group));

function threadsOf(pid: string): string[] {
	try {
		return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
	} catch {
		return [];
	}
}

/** A thread that has ended since, or is a zombie, answers nobody either. */
const isStopped = (thread: string): boolean => ["T", "t", "Z", "X", undefined].includes(statOf(thread)[0]);

/** State, parent, group and more: the fields after the name, which may hold blanks and parentheses itself. */
function statOf(folder: string): string[] {
	try {
		const stat = readFileSync(`${folder}/stat`, "utf8");
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	} catch {
		return [];
	}
}
