import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createWriteStream } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT } from "../laptop/home.ts";

const READY_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 50;

export interface StoaProcess {
	/** Milliseconds from the start until requests were served. */
	readonly readyAfterMs: number;
	/** Ends the process without any chance to finish. */
	kill(): Promise<unknown>;
	/** Ends it the polite way. @returns its exit code */
	stop(): Promise<number | null>;
}

/** Starts the laptop shape on a data folder and waits until it serves. @throws when it ends instead */
export async function startStoa(home: string, port: number, env: NodeJS.ProcessEnv = {}): Promise<StoaProcess> {
	const startedMs = performance.now();
	const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", `${ROOT}/bin/stoa.ts`, "start"], {
		env: {
			...process.env,
			RATE_LIMIT_PER_MINUTE: "0",
			REQUEST_LOG: "off",
			...env,
			STOA_HOME: home,
			API_GATEWAY_PORT: String(port),
		},
		stdio: ["ignore", "pipe", "pipe"],
	});
	const log = createWriteStream(`${home}/stoa.log`, { flags: "a" });
	child.stdout.pipe(log, { end: false });
	child.stderr.pipe(log, { end: false });
	const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));

	await ready(child, port, `${home}/stoa.log`);
	const end = (signal: NodeJS.Signals) => {
		child.kill(signal);
		return ended;
	};
	return {
		readyAfterMs: performance.now() - startedMs,
		kill: () => end("SIGKILL"),
		stop: () => end("SIGTERM"),
	};
}

async function ready(child: ChildProcess, port: number, logFile: string): Promise<void> {
	const endMs = Date.now() + READY_WITHIN_MS;
	while (!(await isReady(port))) {
		if (child.exitCode !== null)
			throw new Error(`Stoa ended with ${child.exitCode} instead of serving; see ${logFile}`);
		if (Date.now() > endMs) throw new Error(`Stoa did not serve within ${READY_WITHIN_MS} ms; see ${logFile}`);
		await wait(ASK_EVERY_MS);
	}
}

async function isReady(port: number): Promise<boolean> {
	try {
		return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
	} catch {
		return false;
	}
}
