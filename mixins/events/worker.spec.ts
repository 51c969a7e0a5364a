import { afterEach, describe, expect, it } from "@jest/globals";
import { until } from "../../test/support/wait.ts";
import { Worker } from "./worker.ts";

const NEVER_MS = 60_000;

describe("a worker", () => {
	let worker: Worker | undefined;
	let runs = 0;
	const errors: unknown[] = [];

	function working(pollMs: number, work: () => Promise<unknown> = async () => undefined): Worker {
		runs = 0;
		errors.length = 0;
		const counted = async () => {
			runs += 1;
			await work();
		};
		worker = new Worker(counted, pollMs, (error) => errors.push(error));
		return worker;
	}
	afterEach(() => worker?.stop());

	it("begins when it is started, and not when it is woken before", async () => {
		const idle = working(NEVER_MS);
		idle.wake();
		expect(runs).toBe(0);

		idle.start();
		await until(() => runs === 1);
	});

	it("works again at every poll", async () => {
		working(1).start();
		await until(() => runs >= 3);
	});

	it("works again soon after it was woken, once for many calls", async () => {
		const woken = working(NEVER_MS);
		woken.start();
		await until(() => runs === 1);
		for (let call = 0; call < 10; call++) woken.wake();
		await until(() => runs === 2);
		woken.wake();

		await until(() => runs === 3);
	});

	it("runs one piece of work at a time, and again for a call that came meanwhile", async () => {
		const gates = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
		let atOnce = 0;
		let most = 0;
		const busy = working(NEVER_MS, async () => {
			most = Math.max(most, ++atOnce);
			await gates[runs - 1]?.promise;
			atOnce -= 1;
		});
		busy.start();
		await until(() => runs === 1);
		busy.wake();
		gates[0]?.resolve(undefined);
		await until(() => runs === 2);
		gates[1]?.resolve(undefined);

		await until(() => atOnce === 0);
		expect(most).toBe(1);
	});

	it("reports a failure and goes on", async () => {
		const failing = working(1, async () => {
			if (runs === 1) throw new Error("a fault");
		});
		failing.start();
		await until(() => runs >= 2);

		expect(errors).toEqual([new Error("a fault")]);
	});

	it("stops after the work under way, and begins no other", async () => {
		const gate = Promise.withResolvers<undefined>();
		const last = working(1, () => gate.promise);
		last.start();
		await until(() => runs === 1);
		let isStopped = false;
		const stopping = last.stop().then(() => (isStopped = true));
		last.wake();
		expect(isStopped).toBe(false);

		gate.resolve(undefined);
		await stopping;
		expect(runs).toBe(1);
	});
});
