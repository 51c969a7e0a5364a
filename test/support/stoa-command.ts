import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/stoa.ts", import.meta.url));
const WITHIN_MS = 90_000;
/** Characters of the output that an error tells. */
const MAX_TOLD = 1_000;
/** Ten processes of the same code: each but the first finds it compiled. */
const COMPILE_CACHE = join(tmpdir(), "stoa-compile-cache");

/** A command of Stoa that runs. */
export interface StoaCommand {
	readonly name: string;
	readonly child: ChildProcess;
	/** Its exit code, or null when a signal ended it. */
	readonly ended: Promise<number | null>;
}

/** Starts `bin/stoa` with its output in a log. */
export function runStoa(name: string, args: readonly string[], env: NodeJS.ProcessEnv, folder: string): StoaCommand {
	const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", PROGRAM, ...args], {
		env: { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	const log = createWriteStream(join(folder, `${name}.log`), { flags: "a" });
	child.stdout.pipe(log, { end: false });
	child.stderr.pipe(log, { end: false });
	const ended = once(child, "exit").then(([code]) => code as number | null);
	return { name, child, ended };
}

/** Resolves when the command has written this text. @throws when it ends instead, or is silent for too long */
export async function written(command: StoaCommand, text: string): Promise<void> {
	const { name, child, ended } = command;
	const said = Promise.withResolvers<undefined>();
	let output = "";
	child.stdout?.on("data", (chunk: Buffer) => {
		output += chunk.toString();
		if (output.includes(text)) said.resolve(undefined);
	});
	const fail = (how: string) => said.reject(new Error(`${name} ${how}; it wrote: ${output.slice(-MAX_TOLD)}`));
	const tooLate = setTimeout(() => fail(`did not write "${text}" in time`), WITHIN_MS);
	void ended.then((code) => fail(`ended with ${String(code)}`));
	await said.promise.finally(() => clearTimeout(tooLate));
}

/** @throws when a command that should do its work and end fails */
export async function done({ name, ended }: StoaCommand): Promise<void> {
	const code = await ended;
	if (code !== 0) throw new Error(`${name} ended with ${String(code)}; see its log.`);
}
