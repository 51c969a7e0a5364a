import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { livingRecord, writeRecord } from "./process-record.ts";

describe("the process that a folder remembers", () => {
	const folder = mkdtempSync(join(tmpdir(), "stoa-record-"));
	const file = join(folder, "process.json");
	afterAll(() => rmSync(folder, { recursive: true }));

	it("is found while it lives", () => {
		const record = writeRecord(file, process.pid, "settings");
		expect(livingRecord(file)).toEqual(record);
	});

	it("is not a stranger who was given the pid of a dead one", () => {
		writeFileSync(file, JSON.stringify({ pid: process.pid, birth: "1", settings: "" }));
		expect(livingRecord(file)).toBeUndefined();
	});

	it("is none where a crash left half a file, or nothing", () => {
		writeFileSync(file, '{"pid":');
		expect(livingRecord(file)).toBeUndefined();
		expect(livingRecord(join(folder, "missing"))).toBeUndefined();
	});
});
