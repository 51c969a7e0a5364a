import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Home, initialise, isFresh, openHome, passwordOf } from "./data-folder.ts";

let folder: string;
let home: Home;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "stoa-home-"));
	home = openHome(join(folder, "home"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("the home folder", () => {
	it("is refused where we may not write", () => {
		writeFileSync(join(folder, "file"), "");
		expect(() => openHome(join(folder, "file"))).toThrow(/not ours to write.*DATABASE_URL/);
	});

	it("is refused when its data is not PostgreSQL's", () => {
		expect(isFresh(home)).toBe(true);
		mkdirSync(home.data);
		expect(() => isFresh(home)).toThrow(/holds no PostgreSQL data.*Move it away/);
	});
});

describe("the password", () => {
	it("is made once, for our eyes only", async () => {
		const password = await passwordOf(home);
		expect(password).toMatch(/^[0-9a-f]{48}$/);
		expect(await passwordOf(home)).toBe(password);
		expect(statSync(home.password).mode & 0o777).toBe(0o600);
	});

	it("is not made anew for data that has one", async () => {
		mkdirSync(home.data);
		writeFileSync(join(home.data, "PG_VERSION"), "15\n");
		await expect(passwordOf(home)).rejects.toThrow(/is gone\. Put the file back/);
	});
});

describe("the data folder", () => {
	const fakeInitdb = (script: string) => {
		const path = join(folder, "initdb");
		writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
		return path;
	};

	it("appears whole or not at all", async () => {
		const initdb = fakeInitdb('mkdir "$2"; echo half > "$2/base"; echo the disk is full >&2; exit 1');
		await expect(initialise(home, initdb)).rejects.toThrow(/initdb: 1\)\. the disk is full/);
		expect(existsSync(home.data)).toBe(false);
		expect(readdirSync(home.folder).sort()).toEqual(["lock", "password", "users"]);
	});

	it("is made where a killed start left its workspace", async () => {
		mkdirSync(join(home.folder, "initdb-left"));
		const initdb = fakeInitdb('mkdir "$2"; echo 15 > "$2/PG_VERSION"; cat "$6" > "$2/secret"');
		await initialise(home, initdb);
		expect(readFileSync(join(home.data, "secret"), "utf8")).toBe(await passwordOf(home));
		expect(readdirSync(home.folder).sort()).toEqual(["data", "lock", "password", "users"]);
	});
});
