import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

export const repository = resolve(import.meta.dirname, "../..");

/** Path inside the repository → text of the file. */
export type Tree = Readonly<Record<string, string>>;

const governing = [".dependency-cruiser.mjs", "eslint.config.mjs", "jest.config.mjs", "package.json", "tsconfig.json"];

/**
 * A folder that stands for the repository: its rules and packages, and only the files of `tree`.
 * Remove it with `cutDown`.
 */
export async function plant(tree: Tree): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "planted-"));
	await symlink(join(repository, "node_modules"), join(folder, "node_modules"));
	await Promise.all(governing.map((file) => copyFile(join(repository, file), join(folder, file))));
	await Promise.all(Object.entries(tree).map(([path, text]) => write(join(folder, path), text)));

	return folder;
}

export const cutDown = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });

async function write(path: string, text: string): Promise<void> {
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, text);
}

/**
 * What a tool prints as JSON when it runs in `folder`; finding fault, it exits with other than 0.
 * Throws what it wrote to stderr when it printed no JSON at all.
 */
export function report<T>(folder: string, command: string, ...args: string[]): Promise<T> {
	return new Promise((done, fail) => {
		const all = [join(repository, "node_modules", command), ...args];
		execFile(process.execPath, all, { cwd: folder, maxBuffer: 256 * 1024 ** 2 }, (_error, stdout, stderr) => {
			if (stdout.startsWith("[") || stdout.startsWith("{")) done(JSON.parse(stdout) as T);
			else fail(new Error(`${command} printed no report: ${stderr || stdout}`));
		});
	});
}
