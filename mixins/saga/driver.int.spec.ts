import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { until } from "../../test/support/wait.ts";
import { ServiceBusy } from "../../services/contracts/errors.ts";
import { countersDatabase } from "../counters.fixture.ts";
import type { CountersDatabase } from "../counters.fixture.ts";
import { drive } from "./driver.ts";
import type { Driver } from "./driver.ts";
import { Parked } from "./saga.ts";
import type { NewSaga, SagaRun } from "./saga.ts";
import { always, Declined, driverOn, failing, sagaRow, startSaga, STEPS, tracedSaga } from "./sagas.fixture.ts";
import type { Behaviours } from "./sagas.fixture.ts";

const undoing = (steps: readonly string[]) => [...steps].reverse().map((step) => `undo ${step}`);
const refusal = new Declined({ reason: "funds" });
const fault = new Error("a fault");
const stopped = AbortSignal.abort();

describe("a saga", () => {
	let database: CountersDatabase;
	beforeAll(async () => (database = await countersDatabase()));
	afterAll(() => database.close());

	async function driven(behaviours: Behaviours, started: Partial<NewSaga> = {}, options: Partial<Driver> = {}) {
		const log: string[] = [];
		const run = await startSaga(database.db, started);
		const outcome = await drive(driverOn(database.db, options), tracedSaga(log, behaviours), run);
		return { log, outcome, run, row: await sagaRow(database, run.id) };
	}

	it("runs its steps in order, and is done", async () => {
		const { log, outcome, row } = await driven({});

		expect(log).toEqual(STEPS);
		expect(outcome).toEqual({ kind: "done" });
		expect(row).toMatchObject({ state: "done", refusal: null, finished_at: expect.any(Date) });
	});

	it("lets a step remember for those after it", async () => {
		const remember = (run: SagaRun<unknown, { price: number }>) => Object.assign(run.memory, { price: 5 });
		const { run } = await driven({ reserve: remember });

		expect(run.memory).toEqual({ price: 5 });
	});

	it("finishes with the change of its last step, when that says so", async () => {
		const { outcome, row } = await driven({ capture: (run) => (run.state = "done") });

		expect(outcome).toEqual({ kind: "done" });
		expect(row.state).toBe("running");
	});

	describe("that is refused", () => {
		it.each(STEPS.map((step, index) => [step, index] as const))(
			"at %s undoes all steps it began, in reverse, and ends as refused",
			async (step, index) => {
				const { log, outcome, row } = await driven({ [step]: always(refusal) });
				const begun = STEPS.slice(0, index + 1);

				expect(log).toEqual([...begun, ...undoing(begun), "refused"]);
				expect(outcome).toMatchObject({ kind: "refused", refusal: { type: "DECLINED", code: 402 } });
				expect(row).toMatchObject({
					state: "done",
					refusal: { type: "DECLINED", code: 402, data: { reason: "funds" } },
					last_error: refusal.message,
				});
			},
		);

		it("by an error of another node, of which only the fields arrive, is refused as well", async () => {
			const { type, code, retryable, message } = refusal;
			const { outcome } = await driven({
				confirm: always(Object.assign(new Error(message), { type, code, retryable })),
			});

			expect(outcome).toMatchObject({ kind: "refused" });
		});

		it("passes over steps that need no undoing", async () => {
			const log: string[] = [];
			const { steps, ...definition } = tracedSaga(log, { authorize: always(refusal) });
			const [reserve, authorize] = steps.map(({ name, run }) => ({ name, run: run.bind(undefined) }));
			const run = await startSaga(database.db);
			await drive(driverOn(database.db), { ...definition, steps: [steps[0]!, authorize!, reserve!] }, run);

			expect(log).toEqual(["reserve", "authorize", "undo reserve", "refused"]);
		});

		it("but knows no end for it, is tried until it is done", async () => {
			const log: string[] = [];
			const { refused: _refused, ...definition } = tracedSaga(log, { authorize: always(refusal) });
			const run = await startSaga(database.db);

			expect(await drive(driverOn(database.db), definition, run)).toEqual({ kind: "waiting" });
			expect(log).toEqual(["reserve", "authorize"]);
			expect(await sagaRow(database, run.id)).toMatchObject({
				state: "running",
				attempts: 1,
				last_error: expect.stringContaining("DECLINED"),
			});
		});

		it.each([
			["a refusal", refusal, 3_600_000],
			["a fault", fault, 60_000],
		])("rests at most so long after %s", async (_what, cause, restMs) => {
			const { refused: _refused, ...definition } = tracedSaga([], { reserve: always(cause) });
			const run = { ...(await startSaga(database.db)), attempts: 50 };
			const now = () => 0;
			await drive(driverOn(database.db, { now, signal: stopped }), definition, run);

			expect((await sagaRow(database, run.id)).next_run_at).toEqual(new Date(restMs));
		});
	});

	describe("that meets a fault", () => {
		it("tries the step again until it passes", async () => {
			const { log, outcome } = await driven({ authorize: failing(2) });

			expect(log).toEqual(["reserve", "authorize", "authorize", "authorize", "confirm", "capture"]);
			expect(outcome).toEqual({ kind: "done" });
		});

		it("takes what is worth trying again for a fault, never for a refusal", async () => {
			const { outcome } = await driven({ reserve: failing(1, new ServiceBusy({ retryAfterSeconds: 1 })) });

			expect(outcome).toEqual({ kind: "done" });
		});

		it.each([401, 403])("takes a node that is answered %i for one: of the matter nothing was said", async (code) => {
			const refused = Object.assign(new Error("who are you?"), { type: "CALLER_UNKNOWN", code, retryable: false });
			const { outcome } = await driven({ capture: failing(1, refused) });

			expect(outcome).toEqual({ kind: "done" });
		});

		it("lets go after six tries, to be resumed later", async () => {
			const { log, outcome, row } = await driven({ reserve: always(fault) });

			expect(log).toEqual(Array(6).fill("reserve"));
			expect(outcome).toEqual({ kind: "waiting" });
			expect(row).toMatchObject({
				state: "running",
				attempts: 1,
				last_error: "Error: a fault",
				needs_attention: false,
			});
			expect(row.left_ms).toBeLessThanOrEqual(0);
		});

		it("lets go at once when the node stops", async () => {
			const { log, outcome, row } = await driven({ confirm: always(fault) }, {}, { signal: stopped });

			expect(log).toEqual(["reserve", "authorize", "confirm"]);
			expect(outcome).toEqual({ kind: "waiting" });
			expect(row).toMatchObject({ state: "running", attempts: 1 });
		});

		it("does not rest to its end before it lets go", async () => {
			const stopping = new AbortController();
			const log: string[] = [];
			const run = await startSaga(database.db);
			const outcome = drive(
				driverOn(database.db, { signal: stopping.signal }),
				tracedSaga(log, { reserve: always(fault) }),
				run,
			);
			// The rest after the fifth fault is a second.
			await until(() => log.length === 5);
			const sinceMs = Date.now();
			stopping.abort();

			expect(await outcome).toEqual({ kind: "waiting" });
			expect(Date.now() - sinceMs).toBeLessThan(950);
		});
	});

	describe("whose deadline has passed", () => {
		const late = { deadlineMs: 1_000 };
		const now = () => 1_001;

		it("is undone when it meets a fault", async () => {
			const { log, outcome } = await driven({ authorize: always(fault) }, late, { now });

			expect(log).toEqual(["reserve", "authorize", "undo authorize", "undo reserve", "refused"]);
			expect(outcome).toMatchObject({ kind: "refused", refusal: { type: "OVERDUE" } });
		});

		it("goes on while it meets none", async () => {
			expect((await driven({}, late, { now })).outcome).toEqual({ kind: "done" });
		});

		it("goes on in spite of a fault once it is committed", async () => {
			const behaviours = { confirm: (run: SagaRun) => (run.state = "committed"), capture: failing(1) };
			const { log, outcome } = await driven(behaviours, late, { now });

			expect(log).toEqual([...STEPS, "capture"]);
			expect(outcome).toEqual({ kind: "done" });
		});

		it("is refused all the same when it is committed and a step says a definite no", async () => {
			const behaviours = { confirm: (run: SagaRun) => (run.state = "committed"), capture: always(refusal) };
			const { log, outcome } = await driven(behaviours, late, { now });

			expect(log).toEqual([...STEPS, ...undoing(STEPS), "refused"]);
			expect(outcome).toMatchObject({ refusal: { type: "DECLINED" } });
		});

		it.each([
			["a fault that comes in time", { deadlineMs: 1_001 }],
			["a saga without a deadline", { deadlineMs: null }],
		])("does not hold for %s", async (_what, started) => {
			expect((await driven({ reserve: failing(1) }, started, { now })).outcome).toEqual({ kind: "done" });
		});
	});

	it("waits until the moment a step names, without an owner or an error", async () => {
		const untilMs = Date.now() + 60_000;
		const { log, outcome, row } = await driven({ authorize: always(new Parked(untilMs)) });

		expect(log).toEqual(["reserve", "authorize"]);
		expect(outcome).toEqual({ kind: "waiting" });
		expect(row).toMatchObject({ state: "running", attempts: 0, last_error: null });
		expect(row.next_run_at.getTime()).toBe(untilMs);
		expect(row.left_ms).toBeLessThanOrEqual(0);
	});
});
