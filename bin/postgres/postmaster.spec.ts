import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { findPostmaster, parsePidFile, stopPostmaster } from "./postmaster.ts";

const pidFile = (pid: number, status: string) =>
	[pid, "/data", 1_700_000_000, 5432, "", "127.0.0.1", "  123 4", status, ""].join("\n");

describe("postmaster.pid", () => {
	it("names the process, its port and whether it takes connections", () => {
		expect(parsePidFile(pidFile(77, "ready   "))).toEqual({ pid: 77, port: 5432, ready: true });
	});

	it.each(["starting", "stopping"])("is not ready while %s", (status) => {
		expect(parsePidFile(pidFile(77, status))).toMatchObject({ ready: false });
	});

	it("is not ready while half written", () => {
		expect(parsePidFile("77\n/data\n")).toMatchObject({ pid: 77, ready: false });
		expect(parsePidFile("")).toBeUndefined();
	});

	it("names no server when its process is a stranger, whom a stop spares", async () => {
		const folder = mkdtempSync(join(tmpdir(), "stoa-pid-"));
		writeFileSync(join(folder, "postmaster.pid"), pidFile(process.pid, "ready"));

		expect(await findPostmaster(folder)).toBeUndefined();
		await stopPostmaster(folder);
		rmSync(folder, { recursive: true });
	});
});
