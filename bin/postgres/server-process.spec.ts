import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { spawnOn } from "./server-process.ts";

const stranger = { uid: 12_345, gid: 12_345 };
const asRoot = process.platform === "linux" && process.getuid?.() === 0 ? it : it.skip;

let parent: string;
let folder: string;
beforeEach(() => {
	parent = mkdtempSync(join(tmpdir(), "stoa-spawn-"));
	folder = join(parent, "folder");
	mkdirSync(folder);
	writeFileSync(join(folder, "file"), "reached");
});
afterEach(() => rmSync(parent, { recursive: true }));

const run = (program: string, args: (folder: string) => string[], identity?: typeof stranger) => {
	const child = spawnOn(folder, program, args, { identity, output: "pipe" });
	return child.stdout ? text(child.stdout) : Promise.resolve("");
};

describe("a PostgreSQL program", () => {
	it("sees its folder by path", async () => {
		expect(await run("echo", (path) => [path])).toBe(`${folder}\n`);
	});

	it("is told neither our secrets nor PG* variables", async () => {
		process.env["ADMIN_PASSWORD"] = "secret";
		process.env["PGDATA"] = "/elsewhere";
		const told = await run("env", () => []);
		delete process.env["ADMIN_PASSWORD"];
		delete process.env["PGDATA"];

		expect(told).toMatch(/^PATH=/m);
		expect(told).not.toMatch(/ADMIN_PASSWORD|PGDATA/);
	});

	asRoot("reaches its folder under one that only root may enter", async () => {
		chmodSync(parent, 0o700);
		expect(await run("cat", () => [join(folder, "file")], stranger)).toBe("");
		expect(await run("cat", (path) => [`${path}/file`], stranger)).toBe("reached");
	});
});
