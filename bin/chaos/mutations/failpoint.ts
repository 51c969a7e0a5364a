import {
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";

/** The file that arms a failpoint: the first process to reach the point takes it, and dies. */
const armed = (folder: string, point: string): string => join(folder, "armed", encodeURIComponent(point));
const taken = (folder: string): string => join(folder, "taken");
const HITS = "hits.jsonl";

export interface Hit {
	readonly point: string;
	readonly pid: number;
	readonly at: string;
}

/** Makes the folder in which failpoints are armed and noted. */
export function prepareFailpoints(folder: string): void {
	mkdirSync(join(folder, "armed"), { recursive: true });
	mkdirSync(taken(folder), { recursive: true });
	writeFileSync(join(folder, HITS), "");
}

/**
 * The next process that reaches the point dies there.
 *
 * @param kind only a process of this kind does
 */
export function arm(folder: string, point: string, kind = ""): void {
	const draft = `${taken(folder)}/draft`;
	writeFileSync(draft, kind);
	renameSync(draft, armed(folder, point));
}

export function disarmAll(folder: string): void {
	for (const name of readdirSync(join(folder, "armed"))) {
		renameSync(join(folder, "armed", name), join(taken(folder), `${name}-unused`));
	}
}

/** Who died where. */
export function hitsIn(folder: string): Hit[] {
	const lines = readFileSync(join(folder, HITS), "utf8").split("\n");
	return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Hit);
}

/** Gives this process, of this kind, the function that the mutated sources call at their failpoints. */
export function installFailpoints(folder: string, kind: string, die: () => void = killSelf): void {
	Object.assign(globalThis, {
		stoaFailpoint(point: string) {
			if (existsSync(armed(folder, point))) reach(folder, point, kind, die);
		},
	});
}

function reach(folder: string, point: string, kind: string, die: () => void): void {
	if (!isMeant(armed(folder, point), kind) || !take(folder, point)) return;
	note(folder, { point, pid: process.pid, at: new Date().toISOString() });
	die();
}

function isMeant(file: string, kind: string): boolean {
	try {
		return ["", kind].includes(readFileSync(file, "utf8"));
	} catch {
		return false;
	}
}

/** @returns false when another process was faster */
function take(folder: string, point: string): boolean {
	try {
		renameSync(armed(folder, point), join(taken(folder), `${encodeURIComponent(point)}-${process.pid}-${Date.now()}`));
		return true;
	} catch {
		return false;
	}
}

function note(folder: string, hit: Hit): void {
	const file = openSync(join(folder, HITS), "a");
	writeSync(file, `${JSON.stringify(hit)}\n`);
	fsyncSync(file);
	closeSync(file);
}

function killSelf(): void {
	process.kill(process.pid, "SIGKILL");
}
