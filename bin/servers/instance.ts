import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Identity } from "../postgres/identity.ts";
import { isListening } from "../postgres/port.ts";
import { until } from "../postgres/wait.ts";
import { isAlive, livingRecord, type ProcessRecord, writeRecord } from "./process-record.ts";
import { lastLines, run } from "./run.ts";
import type { Command, Server, Site } from "./server.ts";
import { standsStill } from "./standstill.ts";

const STOP_TIMEOUT_MS = 30_000;
const KILL_TIMEOUT_MS = 10_000;
const PORT_TIMEOUT_MS = 3_000;
/** These reach the processes that the server started too: each would otherwise go on, or stay frozen, alone. */
const TO_THE_GROUP: readonly NodeJS.Signals[] = ["SIGKILL", "SIGSTOP", "SIGCONT"];

/** A server on its folder, whether it runs or not. */
export interface Instance {
	readonly server: Server;
	readonly site: Site;
	readonly identity: Identity | undefined;
}

/** The process that runs on the folder, if one does. */
export const runningOn = (folder: string): ProcessRecord | undefined => livingRecord(recordFile(folder));

/**
 * Starts the server, or finds it running as it should.
 *
 * @throws when its port is taken, or it stops or does not serve in time, with the end of its log
 */
export async function start(instance: Instance): Promise<{ process: ProcessRecord; reused: boolean }> {
	const { server, site } = instance;
	const settings = fingerprint(instance);
	const running = runningOn(site.folder);
	if (running?.settings === settings && (await until(() => server.isReady(site), server.startTimeoutMs)))
		return { process: running, reused: true };
	if (running) await stop(instance);

	await sweep(instance);
	await refuseTakenPorts(server, site);
	layOut(instance);
	await server.prepare?.(site, (command) => runAs(instance, command));
	const process = await launch(instance, settings);
	return { process, reused: false };
}

/** Ends whatever runs on the folder, in order where it still can, and what that leaves behind. */
export async function stop(instance: Instance): Promise<void> {
	const { server, site } = instance;
	const running = runningOn(site.folder);
	if (running) {
		signal(running, "SIGCONT");
		signal(running, server.stopSignal);
		if (!(await until(() => !isAlive(running), STOP_TIMEOUT_MS))) await kill(running);
	}
	await sweep(instance);
	rmSync(recordFile(site.folder), { force: true });
}

/** Ends a process without any chance to finish, and waits until it is gone. @throws when it stays */
export async function kill(process: ProcessRecord, name: NodeJS.Signals = "SIGKILL"): Promise<void> {
	signal(process, name);
	if (await until(() => !isAlive(process), KILL_TIMEOUT_MS)) return;
	throw new Error(`Process ${process.pid} is still there ${KILL_TIMEOUT_MS} ms after ${name}.`);
}

/** Freezes a process and those it started. Resolves once none of their threads runs. @throws when one goes on */
export async function pause(process: ProcessRecord): Promise<void> {
	signal(process, "SIGSTOP");
	if (await until(() => standsStill(process.pid), KILL_TIMEOUT_MS)) return;
	throw new Error(`Process ${process.pid} still runs ${KILL_TIMEOUT_MS} ms after SIGSTOP.`);
}

/** Signals a process, if it is still the one that is meant. */
export function signal(record: ProcessRecord, name: NodeJS.Signals): void {
	if (isAlive(record)) process.kill(TO_THE_GROUP.includes(name) ? -record.pid : record.pid, name);
}

async function launch(instance: Instance, settings: string): Promise<ProcessRecord> {
	const { server, site } = instance;
	const child = spawnServer(instance);
	let end: string | undefined;
	child.once("error", (error) => (end = error.message));
	child.once("exit", (code, name) => (end = name ?? `exit code ${code}`));
	child.unref();
	const record = child.pid === undefined ? undefined : writeRecord(recordFile(site.folder), child.pid, settings);

	const ready = await until(async () => end !== undefined || (await server.isReady(site)), server.startTimeoutMs);
	if (record && ready && end === undefined) return record;
	if (record) await kill(record);
	throw new Error(
		`${server.name} ${end === undefined ? `does not serve after ${server.startTimeoutMs} ms` : `stopped while it started (${end})`}. ` +
			`The end of ${logFile(site.folder)}:\n${lastLines(readFileSync(logFile(site.folder), "utf8"))}`,
	);
}

/** In a group of its own: it outlives us, and Ctrl-C does not reach it. */
function spawnServer({ server, site, identity }: Instance): ChildProcess {
	const { program, args, env } = server.command(site);
	const log = openSync(logFile(site.folder), "w", 0o600);
	try {
		return spawn(program, args, {
			...identity,
			cwd: "/",
			env: { ...environment(site), ...env },
			stdio: ["ignore", log, log],
			detached: true,
		});
	} finally {
		closeSync(log);
	}
}

async function sweep(instance: Instance): Promise<void> {
	const leftover = instance.server.sweep?.(instance.site);
	// There may be nothing to end, which is what is wanted.
	if (leftover) await runAs(instance, leftover).catch(() => undefined);
}

const runAs = ({ site, identity }: Instance, { program, args, env }: Command): Promise<void> =>
	run(program, args, { ...environment(site), ...env }, identity);

/** What a server needs and no more: our secrets stay out, and so do variables which would change its mind. */
const environment = ({ folder }: Site): Record<string, string> => ({
	PATH: process.env.PATH ?? "",
	HOME: folder,
	LANG: "C.UTF-8",
	TZ: "UTC",
});

async function refuseTakenPorts(server: Server, { ports }: Site): Promise<void> {
	for (const port of Object.values(ports)) {
		// The threads of a killed process may hold its ports for a moment after it counts as dead.
		if (await until(async () => !(await isListening(port)), PORT_TIMEOUT_MS)) continue;
		throw new Error(
			`${server.name}: port ${port} is in use by another program, or by the servers of another user. ` +
				"End that program, or choose other ports: STOA_SERVICES_PORT_BASE.",
		);
	}
}

/** Makes the folder and writes the settings, all of it the server's user's. */
function layOut({ server, site, identity }: Instance): void {
	const own = (path: string) => identity && chownSync(path, identity.uid, identity.gid);
	for (const folder of [site.folder, ...(server.folders ?? []).map((name) => `${site.folder}/${name}`)]) {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
		own(folder);
	}
	for (const [name, text] of Object.entries(server.files(site))) {
		const file = `${site.folder}/${name}`;
		writeFileSync(file, text, { mode: 0o600 });
		own(file);
	}
}

function fingerprint({ server, site }: Instance): string {
	const settings = JSON.stringify([server.command(site), server.files(site)]);
	return createHash("sha256").update(settings).digest("base64url");
}

const recordFile = (folder: string): string => `${folder}/process.json`;
const logFile = (folder: string): string => `${folder}/server.log`;
