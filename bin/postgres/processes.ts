import { readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";

/** Only Linux tells who works in a folder and when a process was born; elsewhere the pid alone has to do. */
export const hasProcFolder = process.platform === "linux";

/**
 * A stamp which, together with the pid, names one process for good: pids are used again, the more so in containers.
 * Undefined for a process that is gone, and for a zombie: it holds its pid but does nothing any more.
 */
export function birthOf(pid: number): string | undefined {
	if (!hasProcFolder) return answersSignals(pid) ? "0" : undefined;
	try {
		return birthFromStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return undefined;
	}
}

/** Reads the start time, in clock ticks since boot, from the text of `/proc/<pid>/stat`. */
export function birthFromStat(stat: string): string | undefined {
	// The second field is the program's name in parentheses, and the name may hold blanks and parentheses itself.
	const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	return state === "Z" || state === "X" ? undefined : rest[18];
}

/** Whether a process has the folder as its working directory, as every PostgreSQL process has its data folder. */
export function worksIn(pid: number | string, folder: string): boolean {
	try {
		return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
	} catch {
		return false;
	}
}

/** The processes that have the folder as their working directory. */
export function processesIn(folder: string): number[] {
	return readdirSync("/proc")
		.filter((name) => /^\d+$/.test(name) && worksIn(name, folder))
		.map(Number);
}

/** Whether the pid is taken, be it by a zombie or by another user's process. */
export function answersSignals(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}
