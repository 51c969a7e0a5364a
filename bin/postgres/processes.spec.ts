import { spawnSync } from "node:child_process";
import { describe, expect, it } from "@jest/globals";
import { birthFromStat, birthOf } from "./processes.ts";

const stat = (state: string) => `42 (a) (b c)) ${state} ${[...Array(18).keys()].join(" ")} 9876 0 0`;

describe("the birth of a process", () => {
	it("is read past any name of the program", () => {
		expect(birthFromStat(stat("S"))).toBe("9876");
	});

	it("is nothing for a zombie, which only holds its pid", () => {
		expect(birthFromStat(stat("Z"))).toBeUndefined();
	});

	it("stays the same as long as the process lives", () => {
		expect(birthOf(process.pid)).toMatch(/^\d+$/);
		expect(birthOf(process.pid)).toBe(birthOf(process.pid));
	});

	it("is nothing for a process that is gone", () => {
		const { pid } = spawnSync(process.execPath, ["--version"]);
		expect(birthOf(pid)).toBeUndefined();
	});
});
