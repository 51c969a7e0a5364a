import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Worker } from "./worker.ts";

const POLL_MS = 1_000;
const GATHER_MS = 20;

describe("a worker", () => {
	let runs = 0;
	let errors: unknown[] = [];
	const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

	beforeEach(() => {
		jest.useFakeTimers();
		runs = 0;
		errors = [];
	});
	afterEach(() => void jest.useRealTimers());

	function working(work: () => Promise<unknown> = async () => undefined): Worker {
		const counted = async () => {
			runs += 1;
			return work();
		};
		return new Worker(counted, POLL_MS, (error) => errors.push(error));
	}
	async function started(work?: () => Promise<unknown>): Promise<Worker> {
		const worker = working(work);
		worker.start();
		await pass(0);
		return worker;
	}

	it("begins when it is started, and not when it is woken before", async () => {
		const worker = working();
		worker.wake();
		await pass(POLL_MS);
		expect(runs).toBe(0);

		worker.start();
		await pass(0);
		expect(runs).toBe(1);
	});

	it("works again at every poll", async () => {
		await started();
		await pass(3 * POLL_MS);

		expect(runs).toBe(4);
	});

	it("works again soon after it was woken, once for many calls", async () => {
		const worker = await started();
		for (let call = 0; call < 10; call++) worker.wake();
		await pass(GATHER_MS);
		expect(runs).toBe(2);

		await pass(POLL_MS - 1);
		expect(runs).toBe(2);
	});

	it("runs one piece of work at a time, and again for a call that came meanwhile", async () => {
		const gate = Promise.withResolvers<undefined>();
		const worker = await started(() => gate.promise);
		worker.wake();
		await pass(3 * POLL_MS);
		expect(runs).toBe(1);

		gate.resolve(undefined);
		await pass(GATHER_MS);
		expect(runs).toBe(2);
	});

	it("reports a failure and goes on at the next poll", async () => {
		await started(async () => {
			if (runs === 1) throw new Error("a fault");
		});
		await pass(POLL_MS);

		expect(errors).toEqual([new Error("a fault")]);
		expect(runs).toBe(2);
	});

	it("stops after the work under way, and begins no other", async () => {
		const gate = Promise.withResolvers<undefined>();
		const worker = await started(() => gate.promise);
		let isStopped = false;
		const stopping = worker.stop().then(() => (isStopped = true));
		worker.wake();
		await pass(POLL_MS);
		expect(isStopped).toBe(false);

		gate.resolve(undefined);
		await stopping;
		await pass(POLL_MS);
		expect(runs).toBe(1);
	});

	it("goes on at once while its work says that more is left", async () => {
		const left = [true, true, false];
		await started(async () => left.shift());
		await pass(2 * GATHER_MS);
		expect(runs).toBe(3);

		await pass(POLL_MS - 1);
		expect(runs).toBe(3);
	});
});
