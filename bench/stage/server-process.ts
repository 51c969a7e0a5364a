import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { ROOT } from "../../bin/laptop/home.ts";
import { freePort, LOOPBACK } from "../../bin/postgres/port.ts";
import type { Ask, Usage } from "../instrument.ts";

const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 25_000;
const ASK_EVERY_MS = 50;
const LAST_CHARACTERS = 2_000;

export interface ServerOptions {
	readonly name: string;
	/** The program, from the root of the repository, and its parameters. */
	readonly program: readonly string[];
	readonly env: NodeJS.ProcessEnv;
	/** The variable that takes the port of its HTTP. */
	readonly portVariable: string;
	/** Answers 200 as soon as requests are served. */
	readonly readyPath: string;
	/** Takes what the server prints. */
	readonly logFile: string;
}

/** A measured server in a process of its own. */
export interface ServerProcess {
	readonly name: string;
	/** Of its HTTP. */
	readonly port: number;
	readonly usage: () => Promise<Usage>;
	/** Begins to profile the process. */
	readonly startProfile: () => Promise<unknown>;
	/** @returns the profile of V8 */
	readonly stopProfile: () => Promise<unknown>;
	readonly stop: () => Promise<void>;
}

/** Starts all of them side by side. @throws when one does not serve, after the others were stopped */
export async function startTogether(servers: readonly ServerOptions[]): Promise<ServerProcess[]> {
	const attempts = await Promise.allSettled(servers.map(startProcess));
	const started = attempts.flatMap((attempt) => (attempt.status === "fulfilled" ? [attempt.value] : []));
	const failed = attempts.find(({ status }) => status === "rejected");
	if (failed === undefined) return started;
	await Promise.all(started.map((each) => each.stop()));
	throw (failed as PromiseRejectedResult).reason as Error;
}

/** @throws with the end of its log when it does not serve */
export async function startProcess(options: ServerOptions): Promise<ServerProcess> {
	const port = await freePort();
	const child = spawnServer(options, port);
	try {
		await ready(child, `http://${LOOPBACK}:${port}${options.readyPath}`);
	} catch (error) {
		child.kill("SIGKILL");
		const log = readFileSync(options.logFile, "utf8").slice(-LAST_CHARACTERS);
		throw new Error(`${options.name} ${(error as Error).message}. The end of its log:\n${log}`, { cause: error });
	}
	return {
		name: options.name,
		port,
		usage: () => ask<Usage>(child, "usage"),
		startProfile: () => ask(child, "startProfile"),
		stopProfile: () => ask(child, "stopProfile"),
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
