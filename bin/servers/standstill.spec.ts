import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { hasProcFolder } from "../postgres/processes.ts";
import { until } from "../postgres/wait.ts";
import { standsStill } from "./standstill.ts";

(hasProcFolder ? describe : describe.skip)("a process group", () => {
	let child: ChildProcess;
	let group: number;
	beforeAll(async () => {
		child = spawn("sh", ["-c", "sleep 60 & echo both; wait"], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
		group = child.pid ?? NaN;
		await once(child.stdout!, "data");
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
