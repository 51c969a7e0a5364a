import { spawn } from "node:child_process";
import type { Identity } from "../postgres/identity.ts";

const LAST_LINES = 20;

/**
 * Runs a program to its end.
 *
 * @throws with the end of what it printed when it fails, and when it is not there
 */
export async function run(
	program: string,
	args: readonly string[],
	env: NodeJS.ProcessEnv = process.env,
	identity?: Identity,
): Promise<void> {
	const child = spawn(program, args, {
		...identity,
		cwd: "/",
		env,
		stdio: ["ignore", "pipe", "pipe"],
	});
	const output: Buffer[] = [];
	child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
	child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
	const status = await new Promise<number | string>((resolve) => {
		child.once("error", (error) => resolve(error.message));
		child.once("close", (code, signal) => resolve(code ?? signal ?? "an unknown end"));
	});
	if (status === 0) return;
	throw new Error(
		`${[program, ...args].join(" ")} failed (${status}).\n${lastLines(Buffer.concat(output).toString())}`,
	);
}

export const lastLines = (text: string): string => text.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
