import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import pg from "pg";
import { packageFolder, prepareBinaries } from "./binaries.ts";
import { openHome } from "./data-folder.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./embedded-postgres.ts";
import { serverIdentity } from "./identity.ts";
import { launch } from "./launch.ts";
import { freePort, LOOPBACK, PortInUse } from "./port.ts";
import { clearDeadPidFile, readPidFile, stopPostmaster } from "./postmaster.ts";
import { birthOf } from "./processes.ts";
import { until } from "./wait.ts";

jest.setTimeout(30_000);

const isRoot = process.getuid?.() === 0;
const onLinux = process.platform === "linux" ? it : it.skip;
const onLinuxAsRoot = isRoot ? onLinux : it.skip;
const fixture = join(import.meta.dirname, "user-process.fixture.ts");

let template: string;
let folder: string;
let home: string;
let data: string;
const children: ChildProcess[] = [];
const others: Server[] = [];

const makeFolder = () => {
	const path = mkdtempSync(join(tmpdir(), "stoa-postgres-"));
	chmodSync(path, 0o755);
	return path;
};

const start = (options: { port?: number; settings?: Record<string, string> } = {}) =>
	startEmbeddedPostgres({ home, ...options });

/** Where the data folder is not the point, it is a copy: that takes a tenth of the time. */
const withData = () => execFileSync("cp", ["-a", join(template, "home"), home]);

beforeAll(async () => {
	template = makeFolder();
	const server = await startEmbeddedPostgres({ home: join(template, "home") });
	await server.stop();
});
afterAll(() => rmSync(template, { recursive: true }));

beforeEach(() => {
	folder = makeFolder();
	home = join(folder, "home");
	data = join(home, "data");
});
afterEach(async () => {
	for (const other of others.splice(0)) other.close();
	await Promise.all(children.splice(0).map(kill));
	await stopPostmaster(data);
	await waitFor(() => rmSync(folder, { recursive: true, force: true }));
});

async function waitFor(attempt: () => unknown): Promise<void> {
	let failure: unknown;
	const succeeded = await until(async () => {
		try {
			await attempt();
			return true;
		} catch (error) {
			failure = error;
			return false;
		}
	}, 15_000);
	if (!succeeded) throw failure;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
	const client = new pg.Client(url);
	await client.connect();
	try {
		return (await client.query<Row>(sql)).rows;
	} finally {
		await client.end();
	}
}

async function kill(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const exit = once(child, "exit");
	child.kill("SIGKILL");
	await exit;
}

async function killPid(pid: number): Promise<void> {
	process.kill(pid, "SIGKILL");
	await waitFor(() => expect(birthOf(pid)).toBeUndefined());
}

async function takenPort(): Promise<number> {
	const other = createServer().listen(0, LOOPBACK);
	others.push(other);
	await once(other, "listening");
	return (other.address() as AddressInfo).port;
}

interface UserProcess {
	readonly child: ChildProcess;
	/** What it prints, line by line. */
	next(): Promise<string>;
}

/** Another Node process, with a process group of its own as a shell gives it. */
function startProcess(script = fixture, umask = "022"): UserProcess {
	const args = ["-c", `umask ${umask}; exec "$0" "$@"`, process.execPath, script, home];
	const child = spawn("sh", args, { detached: true, stdio: ["ignore", "pipe", "inherit"] });
	children.push(child);
	const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	return { child, next: async () => String((await lines.next()).value) };
}

const serverOf = async (user: UserProcess) => JSON.parse(await user.next()) as Omit<EmbeddedPostgres, "stop">;

/** A process of the server's user, for pid files to name. */
function strangerProcess(command: string): ChildProcess {
	const child = spawn("sh", ["-c", command], {
		...serverIdentity(data),
		cwd: "/",
		stdio: ["ignore", "pipe", "ignore"],
	});
	children.push(child);
	return child;
}

const goneProcess = () => Number(execFileSync("sh", ["-c", "echo $$"], { encoding: "utf8" }));

/** The last step of a start alone. */
const launchWith = async (options: { port?: number; timeoutMs?: number }) => {
	const identity = serverIdentity(data);
	const { postgres } = await prepareBinaries(packageFolder(), home, identity);
	const common = { postgres, identity, home: openHome(home), settings: {} };
	return launch({ ...common, port: await freePort(), timeoutMs: 20_000, ...options });
};

const leavePidFile = (pid: number) =>
	writeFileSync(join(data, "postmaster.pid"), `${pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n\nready\n`);

describe("a started server", () => {
	it("is private, durable and the same everywhere", async () => {
		const server = await start();
		const names = ["listen_addresses", "unix_socket_directories", "fsync", "max_connections", "TimeZone"];
		const settings = names.map((name) => `current_setting('${name}') AS "${name}"`).join(", ");

		expect(server).toMatchObject({ fresh: true, reused: false });
		expect(await query(server.url, `SELECT ${settings}`)).toEqual([
			{
				listen_addresses: "127.0.0.1",
				unix_socket_directories: "",
				fsync: "on",
				max_connections: "200",
				TimeZone: "UTC",
			},
		]);
		expect(
			await query(
				server.url,
				"SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, rolpassword ^@ 'SCRAM-SHA-256$' AS scram " +
					"FROM pg_database, pg_authid WHERE datname = current_database() AND rolname = 'postgres'",
			),
		).toEqual([{ encoding: "UTF8", datcollate: "C", scram: true }]);
		await server.stop();
	});

	it("asks for the password", async () => {
		withData();
		const server = await start();
		await expect(query(server.url.replace(/:[0-9a-f]{48}@/, ":guess@"), "SELECT 1")).rejects.toThrow(
			/password authentication failed/,
		);
		await server.stop();
	});

	it("takes settings over the defaults", async () => {
		withData();
		const server = await start({ settings: { max_connections: "17", application_name: "it's" } });
		expect(await query(server.url, "SHOW max_connections")).toEqual([{ max_connections: "17" }]);
		await server.stop();
	});

	it("keeps its rows and its password from one start to the next", async () => {
		withData();
		const first = await start();
		await query(first.url, "CREATE TABLE kept AS SELECT 42 AS answer");
		await first.stop();
		await first.stop();
		expect(birthOf(first.pid)).toBeUndefined();

		const second = await start();
		expect(second).toMatchObject({ fresh: false, reused: false });
		expect(await query(second.url, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
		await second.stop();
	});

	it("stops fast: sessions that are open do not hold it up", async () => {
		withData();
		const server = await start();
		const client = new pg.Client(server.url);
		const errors: Error[] = [];
		client.on("error", (error) => errors.push(error));
		await client.connect();
		await server.stop();
		await waitFor(() => expect(errors.map(String).join()).toMatch(/due to administrator command/));
	});
});

describe("the port", () => {
	it("is the one asked for", async () => {
		withData();
		const port = await freePort();
		const server = await start({ port });
		expect(server.port).toBe(port);
		await server.stop();
	});

	it("is refused with a clear error when another program has it", async () => {
		withData();
		const port = await takenPort();

		await expect(start({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use by another program`);
		expect(readdirSync(join(home, "lock"))).toEqual([]);
	});

	it("moves an orphan that has another", async () => {
		withData();
		const user = startProcess();
		const orphan = await serverOf(user);
		await kill(user.child);

		const port = await freePort();
		const server = await start({ port });
		expect(server).toMatchObject({ port, reused: false });
		expect(birthOf(orphan.pid)).toBeUndefined();
		await server.stop();
	});

	it("does not move a server in use", async () => {
		withData();
		const user = startProcess();
		const { port } = await serverOf(user);
		await expect(start({ port: await freePort() })).rejects.toThrow(`with port ${port}, not`);
		expect(await start({ port })).toMatchObject({ port, reused: true });
	});
});

describe("a server that did not start", () => {
	it("leaves the end of its log in the error, and no process", async () => {
		withData();
		await expect(start({ settings: { shared_buffers: "nonsense" } })).rejects.toThrow(
			/stopped while it started \(exit code 1\).*postgres\.log:\n.*invalid value for parameter "shared_buffers"/s,
		);
		const server = await start();
		expect(server.reused).toBe(false);
		await server.stop();
	});

	it("is not waited for without end, and does not stay", async () => {
		withData();
		await expect(launchWith({ timeoutMs: 0 })).rejects.toThrow(
			/did not start within 0 ms\. The end of .*postgres\.log:/,
		);
		const pid = await launchWith({ timeoutMs: 20_000 });
		expect(birthOf(pid)).toBeDefined();
	});

	it("says so when the port was taken at the last moment", async () => {
		withData();
		const port = await takenPort();
		await expect(launchWith({ port })).rejects.toThrow(PortInUse);
	});

	it("is not taken for the one before, which left a pid file", async () => {
		withData();
		leavePidFile(goneProcess());
		const pid = await launchWith({});
		expect(readPidFile(data)).toMatchObject({ pid, ready: true });
	});

	it("loses an interrupted first start and no more", async () => {
		const user = startProcess();
		const workspace = () => readdirSync(home).find((name) => name.startsWith("initdb-"));
		await waitFor(() => expect(existsSync(join(home, workspace() ?? "", "data", "base"))).toBe(true));
		await kill(user.child);
		expect(existsSync(data)).toBe(false);

		const server = await start();
		expect(server).toMatchObject({ fresh: true, reused: false });
		expect(await query(server.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
		await server.stop();
	});
});

describe("a killed process", () => {
	it("leaves a server that the next start adopts, and stops", async () => {
		withData();
		const user = startProcess();
		const orphan = await serverOf(user);
		await kill(user.child);

		const server = await start();
		expect(server).toMatchObject({ pid: orphan.pid, url: orphan.url, reused: true, fresh: false });
		expect(await query(server.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);
		await server.stop();
		expect(birthOf(orphan.pid)).toBeUndefined();
	});

	it("may leave a server that is still stopping: the next start waits and starts its own", async () => {
		withData();
		const orphan = await start();
		const client = new pg.Client(orphan.url);
		client.on("error", () => undefined);
		await client.connect();
		process.kill(orphan.pid, "SIGTERM");
		await waitFor(() => expect(readFileSync(join(data, "postmaster.pid"), "utf8")).toMatch(/stopping/));

		const next = start();
		await client.end();
		expect(await next).toMatchObject({ reused: false });
		expect((await next).pid).not.toBe(orphan.pid);
	});
});

describe("a pid file of a dead server", () => {
	onLinux("does not stop the next start when a zombie holds the pid", async () => {
		withData();
		// The shell becomes a program that never asks for its dead child.
		const parent = strangerProcess("sleep 60 & echo $!; exec sleep 60");
		const [line] = (await once(parent.stdout ?? parent, "data")) as [Buffer];
		await waitFor(() => expect(readFileSync(`/proc/${parent.pid}/comm`, "utf8")).toBe("sleep\n"));
		const zombie = Number(String(line));
		await killPid(zombie);
		expect(readFileSync(`/proc/${zombie}/stat`, "utf8")).toContain(") Z ");
		leavePidFile(zombie);

		const server = await start();
		expect(server.reused).toBe(false);
		await server.stop();
	});

	onLinux("does not stop the next start when a stranger got the pid", async () => {
		withData();
		const stranger = strangerProcess("exec sleep 60");
		leavePidFile(stranger.pid ?? 0);

		const server = await start();
		expect(server.reused).toBe(false);
		await server.stop();
		expect(birthOf(stranger.pid ?? 0)).toBeDefined();
	});

	onLinux("stays as long as somebody works in the folder", async () => {
		withData();
		const backend = strangerProcess(`cd ${data} && echo in && exec sleep 60`);
		await once(backend.stdout ?? backend, "data");
		leavePidFile(goneProcess());

		await expect(clearDeadPidFile(data, 100)).rejects.toThrow(
			`processes still work in its folder: ${backend.pid}. End them`,
		);
		expect(readPidFile(data)).toBeDefined();

		await kill(backend);
		await clearDeadPidFile(data, 5_000);
		expect(readPidFile(data)).toBeUndefined();
	});
});

describe("several processes on one home", () => {
	it("start one server when they start at the same time", async () => {
		const [one, two] = await Promise.all([startProcess(), startProcess()].map(serverOf));
		expect(two?.pid).toBe(one?.pid);
		expect([one, two].map((server) => server?.fresh).sort()).toEqual([false, true]);
		expect([one, two].map((server) => server?.reused).sort()).toEqual([false, true]);
	});

	it("share it until the last has stopped", async () => {
		withData();
		const user = startProcess();
		const theirs = await serverOf(user);
		const ours = await start();
		expect(ours).toMatchObject({ pid: theirs.pid, reused: true });

		await ours.stop();
		expect(await query(theirs.url, "SELECT 1 AS one")).toEqual([{ one: 1 }]);

		user.child.kill("SIGINT");
		expect(await user.next()).toBe("drained");
		expect(birthOf(theirs.pid)).toBeUndefined();
	});

	it("do not wait for one that was killed", async () => {
		withData();
		const user = startProcess();
		const theirs = await serverOf(user);
		const ours = await start();
		await kill(user.child);

		await ours.stop();
		expect(birthOf(theirs.pid)).toBeUndefined();
	});

	it("stop the server that runs, also when it is not the one they started", async () => {
		withData();
		const first = await start();
		await killPid(first.pid);
		const second = await start();

		await second.stop();
		expect(birthOf(second.pid)).toBeDefined();
		await first.stop();
		expect(birthOf(second.pid)).toBeUndefined();
	});
});

describe("signals", () => {
	it("of the terminal reach the process and not the server, so that work can be finished first", async () => {
		withData();
		const user = startProcess();
		const { pid } = await serverOf(user);

		process.kill(-(user.child.pid ?? 0), "SIGINT");
		expect(await user.next()).toBe("drained");
		expect(birthOf(pid)).toBeUndefined();
	});

	it("that kill the server at once lose no row that was acknowledged", async () => {
		withData();
		const server = await start();
		await query(server.url, "CREATE TABLE written (id integer PRIMARY KEY)");
		const acknowledged: number[] = [];
		let nextId = 1;
		const writer = async () => {
			const client = new pg.Client(server.url);
			client.on("error", () => undefined);
			await client.connect();
			for (;;) {
				const id = nextId++;
				await client.query("INSERT INTO written VALUES ($1)", [id]);
				acknowledged.push(id);
			}
		};
		const writers = Promise.allSettled(Array.from({ length: 4 }, writer));
		await waitFor(() => expect(acknowledged.length).toBeGreaterThan(500));
		await killPid(server.pid);
		await writers;

		const next = await start();
		const rows = await query<{ id: number }>(next.url, "SELECT id FROM written");
		const found = new Set(rows.map(({ id }) => id));
		expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
		await next.stop();
		await server.stop();
	});
});

describe("started as root", () => {
	onLinuxAsRoot("the server runs as another user, who stays the owner of the data", async () => {
		withData();
		const owner = { uid: 12_345, gid: 12_345 };
		execFileSync("chown", ["-R", `${owner.uid}:${owner.gid}`, data]);

		const server = await start();
		expect(statSync(`/proc/${server.pid}`)).toMatchObject(owner);
		await server.stop();
	});

	onLinuxAsRoot("data that belongs to root is refused with the remedy", async () => {
		withData();
		execFileSync("chown", ["-R", "0:0", data]);
		await expect(start()).rejects.toThrow(/belongs to root.*chown -R nobody/);
	});

	onLinuxAsRoot("it works in a home folder that only root may enter", async () => {
		chmodSync(folder, 0o700);
		const server = await start();
		await query(server.url, "CREATE EXTENSION pg_trgm");
		await server.stop();
		expect((await start()).fresh).toBe(false);
	});

	const cache = "/var/cache/stoa";
	const cacheWasThere = existsSync(cache);
	afterAll(() => {
		if (!cacheWasThere) rmSync(cache, { recursive: true, force: true });
	});

	onLinuxAsRoot("it works in a clone, node_modules and all, that only root may enter", async () => {
		const clone = join(folder, "clone");
		const sources = readdirSync(import.meta.dirname).filter((name) => !name.endsWith(".spec.ts"));
		for (const name of sources) cpSync(join(import.meta.dirname, name), join(clone, "bin", "postgres", name));
		writeFileSync(join(clone, "package.json"), '{ "type": "module" }');
		const installed = packageFolder();
		const copy = join(clone, installed.slice(installed.lastIndexOf("node_modules")));
		mkdirSync(join(copy, ".."), { recursive: true });
		execFileSync("cp", ["-a", installed, copy]);
		chmodSync(folder, 0o700);

		const server = await serverOf(startProcess(join(clone, "bin", "postgres", "user-process.fixture.ts"), "077"));
		await query(server.url, "CREATE EXTENSION pg_trgm");
	});
});
