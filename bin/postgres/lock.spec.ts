import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { claim, livingClaims } from "./claims.ts";
import { withLock } from "./lock.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "stoa-lock-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const leave = (name: string) => writeFileSync(join(folder, name), "");
const deadPid = () => spawnSync(process.execPath, ["--version"]).pid;

describe("a claim", () => {
	it("counts for others, not for itself", () => {
		const first = claim(folder);
		expect(first.others()).toEqual([]);

		const second = claim(folder);
		expect(first.others()).toEqual([process.pid]);

		second.withdraw();
		expect(first.others()).toEqual([]);
	});

	it("dies with its process", () => {
		leave(`${deadPid()}-1-abcd`);
		expect(livingClaims(folder)).toEqual([]);
		expect(readdirSync(folder)).toEqual([]);
	});

	it("does not pass to the next process with its pid", () => {
		leave(`${process.pid}-1-abcd`);
		expect(livingClaims(folder)).toEqual([]);
	});

	it("is not mistaken for other files", () => {
		leave(".DS_Store");
		expect(livingClaims(folder)).toEqual([]);
		expect(readdirSync(folder)).toEqual([".DS_Store"]);
	});
});

describe("the lock", () => {
	it("lets one work at a time", async () => {
		let atWork = 0;
		const most: number[] = [];
		const work = async () => {
			most.push(++atWork);
			for (let turns = 0; turns < 20; turns++) await turn();
			atWork--;
		};

		await Promise.all(Array.from({ length: 5 }, () => withLock(folder, 10_000, work)));
		expect(most).toEqual([1, 1, 1, 1, 1]);
	});

	it("is free again when the work fails", async () => {
		await expect(withLock(folder, 0, () => Promise.reject(new Error("no luck")))).rejects.toThrow("no luck");
		await expect(withLock(folder, 0, () => Promise.resolve("done"))).resolves.toBe("done");
	});

	it("is free when its owner was killed", async () => {
		leave(`${deadPid()}-1-abcd`);
		await expect(withLock(folder, 0, () => Promise.resolve("done"))).resolves.toBe("done");
	});

	it("names its owner to whoever has waited too long", async () => {
		const owner = claim(folder);
		await expect(withLock(folder, 50, () => Promise.resolve())).rejects.toThrow(
			`held by process ${process.pid}. End it`,
		);
		expect(owner.others()).toEqual([]);
	});
});
