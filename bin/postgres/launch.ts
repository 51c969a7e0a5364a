import type { ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import type { Home } from "./data-folder.ts";
import type { Identity } from "./identity.ts";
import { LOOPBACK, PortInUse } from "./port.ts";
import { readPidFile } from "./postmaster.ts";
import { spawnOn } from "./server-process.ts";
import { until } from "./wait.ts";

export interface Launch {
	readonly postgres: string;
	readonly home: Home;
	readonly port: number;
	readonly settings: Record<string, string>;
	readonly identity: Identity | undefined;
	readonly timeoutMs: number;
}

const LAST_LINES = 15;
const KILL_TIMEOUT_MS = 5_000;

/**
 * Starts the server and waits until it takes connections. It has a process group of its own, so that Ctrl-C reaches
 * only us and we can finish our work first, and it outlives us, so that whoever comes next finds it.
 *
 * @returns its pid.
 * @throws PortInUse, or an error with the last lines of its log when it stops or is not ready within `timeoutMs`.
 */
export async function launch(options: Launch): Promise<number> {
	const { home, port, timeoutMs } = options;
	const logStart = statSync(home.log, { throwIfNoEntry: false })?.size ?? 0;
	const child = spawnServer(options);
	let end: string | undefined;
	child.once("error", (error) => (end = error.message));
	child.once("exit", (code, signal) => (end = signal ?? `exit code ${code}`));

	const settled = await until(() => end !== undefined || isReady(child, home.data), timeoutMs);
	child.unref();
	if (settled && end === undefined && child.pid !== undefined) return child.pid;

	child.kill("SIGQUIT");
	await until(() => end !== undefined, KILL_TIMEOUT_MS);
	const log = readFileSync(home.log).subarray(logStart).toString();
	if (log.includes("Address already in use")) throw new PortInUse(port);
	throw new Error(
		`PostgreSQL ${settled ? `stopped while it started (${end})` : `did not start within ${timeoutMs} ms`}. ` +
			`The end of ${home.log}:\n${log.trimEnd().split("\n").slice(-LAST_LINES).join("\n")}`,
	);
}

function spawnServer({ postgres, home, port, settings, identity }: Launch): ChildProcess {
	const fixed = { listen_addresses: LOOPBACK, unix_socket_directories: "", port: String(port) };
	const flags = Object.entries({ ...settings, ...fixed }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
	const output = openSync(home.log, "a", 0o600);
	try {
		return spawnOn(home.data, postgres, (data) => ["-D", data, ...flags], { identity, output, detached: true });
	} finally {
		closeSync(output);
	}
}

/** The file counts only when it names our own child: it may be left from a server before. */
function isReady(child: ChildProcess, dataFolder: string): boolean {
	const named = readPidFile(dataFolder);
	return named?.pid === child.pid && named?.ready === true;
}
