import { randomBytes } from "node:crypto";
import { accessSync, chownSync, constants, existsSync, mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { readdir, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import type { Identity } from "./identity.ts";
import { spawnOn } from "./server-process.ts";

/** Where things are in the home folder. */
export interface Home {
	readonly folder: string;
	readonly data: string;
	readonly password: string;
	readonly log: string;
	/** Claims of those who start or stop the server: at most one at a time. */
	readonly lock: string;
	/** Claims of those who use the server. */
	readonly users: string;
}

const WORKSPACE = "initdb-";

/**
 * Makes the home folder if there is none.
 *
 * @throws when it belongs to somebody else.
 */
export function openHome(path: string): Home {
	const folder = resolve(path);
	const at = (name: string) => join(folder, name);
	const home = {
		folder,
		data: at("data"),
		password: at("password"),
		log: at("postgres.log"),
		lock: at("lock"),
		users: at("users"),
	};
	try {
		mkdirSync(home.lock, { recursive: true });
		mkdirSync(home.users, { recursive: true });
		accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch (error) {
		throw new Error(
			`The folder ${folder} of the embedded PostgreSQL is not ours to write: ${(error as Error).message}. ` +
				"Start as the user who made it (root, perhaps), remove it with its data, or set DATABASE_URL.",
		);
	}
	return home;
}

/**
 * Whether the data folder has yet to be made.
 *
 * @throws when it is there and holds something else.
 */
export function isFresh(home: Home): boolean {
	if (!existsSync(home.data)) return true;
	if (existsSync(join(home.data, "PG_VERSION"))) return false;
	throw new Error(`The folder ${home.data} holds no PostgreSQL data that we can read. Move it away, then start again.`);
}

/**
 * The superuser's password: made once, 0600.
 *
 * @throws when there is data whose password is lost.
 */
export async function passwordOf(home: Home): Promise<string> {
	if (existsSync(home.password)) return readFileSync(home.password, "utf8").trim();
	if (!isFresh(home)) {
		throw new Error(
			`The data in ${home.data} has a password, and the file ${home.password} that held it is gone. ` +
				"Put the file back, or remove the folder with its data.",
		);
	}
	const password = randomBytes(24).toString("hex");
	await writeFile(`${home.password}.new`, `${password}\n`, { mode: 0o600 });
	await rename(`${home.password}.new`, home.password);
	return password;
}

/**
 * Makes the data folder, in a workspace beside it that becomes the data folder when it is whole.
 *
 * @throws with the output of initdb when that fails.
 */
export async function initialise(home: Home, initdb: string, identity?: Identity): Promise<void> {
	await removeWorkspaces(home);
	const workspace = mkdtempSync(join(home.folder, WORKSPACE));
	try {
		// The server's user may not read our file, so there is one of his own, in the one folder he can reach.
		const password = join(workspace, "password");
		await writeFile(password, await passwordOf(home), { mode: 0o600 });
		give(workspace, identity);
		give(password, identity);
		await runInitdb(initdb, workspace, identity);
		await rename(join(workspace, "data"), home.data);
	} finally {
		await rm(workspace, { recursive: true, force: true });
	}
}

function give(path: string, identity?: Identity): void {
	if (identity) chownSync(path, identity.uid, identity.gid);
}

async function runInitdb(initdb: string, workspace: string, identity?: Identity): Promise<void> {
	const args = (folder: string) => [
		...["--pgdata", `${folder}/data`, "--username", "postgres", "--pwfile", `${folder}/password`],
		...["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"],
	];
	const child = spawnOn(workspace, initdb, args, { identity, output: "pipe" });
	const exit = new Promise<number | NodeJS.Signals | null>((settle, fail) => {
		child.once("error", fail);
		child.once("close", (code, signal) => settle(code ?? signal));
	});
	const [code, , errors] = await Promise.all([exit, textOf(child.stdout), textOf(child.stderr)]);
	if (code !== 0) throw new Error(`PostgreSQL could not make its data folder (initdb: ${code}). ${errors.trim()}`);
}

const textOf = (stream: NodeJS.ReadableStream | null) => (stream ? text(stream) : Promise.resolve(""));

/** What killed starts left. An initdb that outlived its parent may still write: its folder goes next time. */
async function removeWorkspaces(home: Home): Promise<void> {
	for (const name of await readdir(home.folder)) {
		if (!name.startsWith(WORKSPACE)) continue;
		await rm(join(home.folder, name), { recursive: true, force: true }).catch(() => undefined);
	}
}
