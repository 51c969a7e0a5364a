import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { packageFolder, programs } from "./binaries.ts";
import { isListening } from "./port.ts";
import { answersSignals, hasProcFolder, processesIn, worksIn } from "./processes.ts";
import { until } from "./wait.ts";

/** What a server writes into the `postmaster.pid` of its data folder. */
export interface Postmaster {
	readonly pid: number;
	readonly port: number;
	readonly ready: boolean;
}

const BACKENDS_LEAVE_MS = 10_000;
const FAST_STOP_MS = 60_000;
const IMMEDIATE_STOP_MS = 10_000;

/** The server named in the data folder, dead or alive. */
export function readPidFile(dataFolder: string): Postmaster | undefined {
	const file = join(dataFolder, "postmaster.pid");
	return existsSync(file) ? parsePidFile(readFileSync(file, "utf8")) : undefined;
}

/** Reads the text of `postmaster.pid`; undefined for one that is still empty. */
export function parsePidFile(text: string): Postmaster | undefined {
	const [pid, , , port, , , , status] = text.split("\n");
	if (!Number(pid)) return undefined;
	return { pid: Number(pid), port: Number(port), ready: status?.trim() === "ready" };
}

/** The living server of the data folder: not a zombie, nor a stranger who got the pid of a dead one. */
export async function findPostmaster(dataFolder: string): Promise<Postmaster | undefined> {
	const named = readPidFile(dataFolder);
	return named && (await isPostmaster(named, dataFolder)) ? named : undefined;
}

async function isPostmaster({ pid, port }: Postmaster, dataFolder: string): Promise<boolean> {
	if (hasProcFolder) return worksIn(pid, dataFolder);
	return answersSignals(pid) && (await isListening(port));
}

/**
 * The living server of the data folder once it takes connections. One that is still starting or stopping, as a
 * killed process leaves it, is waited for.
 *
 * @throws when it does neither within `timeoutMs`.
 */
export async function findReadyPostmaster(dataFolder: string, timeoutMs: number): Promise<Postmaster | undefined> {
	let found: Postmaster | undefined;
	const settled = await until(async () => {
		found = await findPostmaster(dataFolder);
		return !found || found.ready;
	}, timeoutMs);
	if (settled) return found;
	throw new Error(
		`PostgreSQL (process ${found?.pid}) runs on ${dataFolder}, and takes no connections after ${timeoutMs} ms. ` +
			"Wait for it if it recovers, else end it (kill -INT), then start again.",
	);
}

/**
 * Removes the pid file of a dead server. PostgreSQL does so itself, but not while the pid seems alive, and that of a
 * zombie or of a stranger does. The file is what guards the data, so it stays until nobody works in the folder: the
 * backends of a killed server leave a moment after it.
 *
 * @throws when somebody stays longer than `timeoutMs`.
 */
export async function clearDeadPidFile(dataFolder: string, timeoutMs = BACKENDS_LEAVE_MS): Promise<void> {
	const file = join(dataFolder, "postmaster.pid");
	if (!hasProcFolder || !existsSync(file)) return;
	if (!(await until(() => processesIn(dataFolder).length === 0, timeoutMs))) {
		throw new Error(
			`The server on ${dataFolder} is dead, but processes still work in its folder: ` +
				`${processesIn(dataFolder).join(", ")}. End them, then start again.`,
		);
	}
	rmSync(file, { force: true });
}

/**
 * Stops the living server of the data folder, if there is one: `fast`, which ends sessions and writes a checkpoint,
 * or at last `immediate`, which leaves the recovery to the next start.
 */
export async function stopPostmaster(dataFolder: string): Promise<void> {
	const server = await findPostmaster(dataFolder);
	if (!server) return;
	const gone = async () => !(await isPostmaster(server, dataFolder));

	signal(server.pid, "fast", dataFolder);
	if (await until(gone, FAST_STOP_MS)) return;
	signal(server.pid, "immediate", dataFolder);
	if (await until(gone, IMMEDIATE_STOP_MS)) return;
	throw new Error(`PostgreSQL (process ${server.pid}) on ${dataFolder} does not stop. End it with kill -KILL.`);
}

function signal(pid: number, mode: "fast" | "immediate", dataFolder: string): void {
	if (process.platform !== "win32") {
		if (answersSignals(pid)) process.kill(pid, mode === "fast" ? "SIGINT" : "SIGQUIT");
		return;
	}
	// Windows has no signals; pg_ctl knows PostgreSQL's substitute.
	spawnSync(programs(packageFolder()).pgCtl, ["stop", "-D", dataFolder, "-m", mode, "-W"]);
}
