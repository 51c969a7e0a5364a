import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { until } from "../postgres/wait.ts";
import { standsStill } from "./standstill.ts";

describe("a process group", () => {
	let child: ChildProcess;
	let group: number;
	beforeAll(() => {
		child = spawn("sh", ["-c", "sleep 60 & sleep 60"], { detached: true, stdio: "ignore" });
		group = child.pid ?? NaN;
	});
	afterAll(() => {
		process.kill(-group, "SIGKILL");
	});

	it("does not stand still while it runs", () => {
		expect(standsStill(group)).toBe(false);
	});

	it("does not while one of its processes goes on", async () => {
		process.kill(group, "SIGSTOP");
		await until(() => standsStill(group), 200);
		expect(standsStill(group)).toBe(false);
	});

	it("stands still once all of it is stopped", async () => {
		process.kill(-group, "SIGSTOP");
		expect(await until(() => standsStill(group), 5_000)).toBe(true);
	});
});
