import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT } from "../../bin/laptop/home.ts";
import { freePort, LOOPBACK } from "../../bin/postgres/port.ts";
import type { Ask, Usage } from "../instrument.ts";
import type { Target } from "../load/request.ts";

const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 25_000;
const ASK_EVERY_MS = 50;
const LAST_CHARACTERS = 2_000;

export interface ServerOptions {
	readonly name: string;
	/** The program, from the root of the repository, and its parameters. */
	readonly program: readonly string[];
	readonly env: NodeJS.ProcessEnv;
	/** The variable that takes the port. */
	readonly portVariable: string;
	/** Answers 200 as soon as requests are served. */
	readonly readyPath: string;
	/** Takes what the server prints. */
	readonly logFile: string;
}

/** A measured server in a process of its own. */
export interface ServerProcess extends Target {
	readonly usage: () => Promise<Usage>;
	/** Profiles the process while `work` goes on. @returns the profile of V8 */
	readonly profiled: (work: () => Promise<unknown>) => Promise<unknown>;
	readonly stop: () => Promise<void>;
}

/** @throws with the end of its log when it does not serve */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
	const port = await freePort();
	const child = spawnServer(options, port);
	const target = { host: LOOPBACK, port };
	try {
		await ready(child, `http://${LOOPBACK}:${port}${options.readyPath}`);
	} catch (error) {
		child.kill("SIGKILL");
		const log = readFileSync(options.logFile, "utf8").slice(-LAST_CHARACTERS);
		throw new Error(`${options.name} ${(error as Error).message}. The end of its log:\n${log}`, { cause: error });
	}
	return {
		...target,
		usage: () => ask<Usage>(child, "usage"),
		profiled: async (work) => {
			await ask(child, "startProfile");
			await work();
			return ask(child, "stopProfile");
		},
		stop: () => stop(child),
	};
}

function spawnServer({ program, env, portVariable, logFile }: ServerOptions, port: number): ChildProcess {
	const log = openSync(logFile, "a");
	const instrument = new URL("../instrument.ts", import.meta.url).href;
	try {
		return spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--import", instrument, ...program], {
			cwd: ROOT,
			// Nothing of the caller's environment decides what is measured.
			env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, [portVariable]: String(port) },
			stdio: ["ignore", log, log, "ipc"],
			serialization: "advanced",
		});
	} finally {
		closeSync(log);
	}
}

async function ready(child: ChildProcess, url: string): Promise<void> {
	const endMs = performance.now() + READY_WITHIN_MS;
	while (!(await isOk(url))) {
		if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode} instead of serving`);
		if (performance.now() > endMs) throw new Error(`did not serve within ${READY_WITHIN_MS} ms`);
		await wait(ASK_EVERY_MS);
	}
}

async function isOk(url: string): Promise<boolean> {
	try {
		return (await fetch(url)).ok;
	} catch {
		return false;
	}
}

function ask<T>(child: ChildProcess, question: Ask): Promise<T> {
	return new Promise((resolve, reject) => {
		const onExit = () => reject(new Error("A measured server ended by itself."));
		child.once("exit", onExit);
		child.once("message", (answer) => {
			child.off("exit", onExit);
			resolve(answer as T);
		});
		child.send(question);
	});
}

async function stop(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, "exit");
	child.kill("SIGTERM");
	const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
	await ended;
	clearTimeout(timer);
}
