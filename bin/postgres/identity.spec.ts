import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { canPass, maySearch, unprivilegedUser } from "./identity.ts";

const root = "root:x:0:0:root:/root:/bin/bash";
const nobody = "nobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin";
const postgres = "postgres:x:101:104:PostgreSQL:/var/lib/postgresql:/bin/bash";

describe("the user that root hands PostgreSQL to", () => {
	it("is postgres where there is one", () => {
		expect(unprivilegedUser([root, nobody, postgres].join("\n"))).toEqual({ uid: 101, gid: 104 });
	});

	it("is nobody otherwise", () => {
		expect(unprivilegedUser([root, nobody, ""].join("\n"))).toEqual({ uid: 65534, gid: 65533 });
	});

	it("has to exist", () => {
		expect(() => unprivilegedUser(root)).toThrow(/useradd --system postgres.*DATABASE_URL/);
	});
});

describe("passing through a folder", () => {
	const folder = { uid: 1000, gid: 100 };

	it.each([
		["the owner", 0o100, { uid: 1000, gid: 1 }, true],
		["the owner, whom the bits of others do not help", 0o011, { uid: 1000, gid: 100 }, false],
		["the group", 0o010, { uid: 1, gid: 100 }, true],
		["the group, whom the bits of others do not help", 0o101, { uid: 1, gid: 100 }, false],
		["anyone else", 0o001, { uid: 1, gid: 1 }, true],
		["anyone else, without bits", 0o770, { uid: 1, gid: 1 }, false],
	])("is up to the bits of %s", (_who, mode, identity, allowed) => {
		expect(maySearch({ ...folder, mode }, identity)).toBe(allowed);
	});

	it("needs every parent", () => {
		const closed = mkdtempSync(join(tmpdir(), "stoa-closed-"));
		mkdirSync(join(closed, "open"), { mode: 0o755 });
		const stranger = { uid: 12_345, gid: 12_345 };

		expect(canPass(join(closed, "open"), stranger)).toBe(false);
		expect(canPass(tmpdir(), stranger)).toBe(true);
		rmSync(closed, { recursive: true });
	});
});
