import { randomBytes } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { birthOf } from "./processes.ts";

/** A mark in a folder, good for as long as the process that left it lives. */
export interface Claim {
	/** Pids of the other living claims, this process's own included. */
	others(): number[];
	withdraw(): void;
}

/** Leaves a claim of this process in the folder. The name says it all, so it is there whole or not at all. */
export function claim(folder: string): Claim {
	const name = `${process.pid}-${birthOf(process.pid)}-${randomBytes(4).toString("hex")}`;
	writeFileSync(join(folder, name), "", { flag: "wx" });
	return {
		others: () => livingClaims(folder, name),
		withdraw: () => rmSync(join(folder, name), { force: true }),
	};
}

/** Pids of the living claims in the folder. Those of dead processes are removed: nobody can return to them. */
export function livingClaims(folder: string, except?: string): number[] {
	const pids: number[] = [];
	for (const name of readdirSync(folder)) {
		const [, pid, birth] = /^(\d+)-(\d+)-/.exec(name) ?? [];
		if (pid === undefined || name === except) continue;
		if (birthOf(Number(pid)) === birth) pids.push(Number(pid));
		else rmSync(join(folder, name), { force: true });
	}
	return pids;
}
