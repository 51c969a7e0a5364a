import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { canPass, type Identity } from "./identity.ts";

type Output = "pipe" | number;

/**
 * Spawns a PostgreSQL program on a folder of its own. `args` gets the name under which the program sees the folder.
 *
 * The name is the path, unless a parent is closed to the program's user, as `/root` is: Linux then opens the folder
 * as root and hands it down as file descriptor 3, which leads there whatever the parents say.
 *
 * @throws where a parent is closed and there is no such detour.
 */
export function spawnOn(
	folder: string,
	program: string,
	args: (folder: string) => string[],
	as: { identity: Identity | undefined; output: Output; detached?: boolean },
): ChildProcess {
	const options = (inherited: number[]): SpawnOptions => ({
		...as.identity,
		// PostgreSQL returns to its first working directory by path, so that one has to be open to everybody.
		cwd: "/",
		env: environment(),
		stdio: ["ignore", as.output, as.output, ...inherited],
		detached: as.detached ?? false,
		windowsHide: true,
	});
	if (!as.identity || canPass(folder, as.identity)) return spawn(program, args(folder), options([]));

	if (process.platform !== "linux") {
		throw new Error(
			`User ${as.identity.uid}, who has to run PostgreSQL in place of root, may not pass through the parents of ` +
				`${folder}. Start as another user than root, move the folder, or set DATABASE_URL.`,
		);
	}
	const descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	try {
		return spawn(program, args("/proc/self/fd/3"), options([descriptor]));
	} finally {
		closeSync(descriptor);
	}
}

/** What PostgreSQL needs and no more: our secrets stay out, and so do PG* variables which would change its mind. */
function environment(): NodeJS.ProcessEnv {
	const kept = ["PATH", "Path", "SystemRoot", "TEMP", "TMP", "TMPDIR"];
	const present = Object.entries(process.env).filter(([name]) => kept.includes(name));
	return { ...Object.fromEntries(present), LC_ALL: "C", TZ: "UTC" };
}
