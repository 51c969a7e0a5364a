import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { ChangeRefused } from "../aggregate.mixin.ts";
import { countersDatabase } from "../counters.fixture.ts";
import type { CountersDatabase } from "../counters.fixture.ts";
import { statement } from "../sql/database.ts";
import { drive } from "./driver.ts";
import { FenceLost } from "./saga.ts";
import type { SagaRun } from "./saga.ts";
import { advanceSaga, claimSagas, fenceSaga, finishSaga, parkSaga, renewSagas, turnBack } from "./saga-store.ts";
import { always, Declined, driverOn, expire, sagaRow, startSaga, STEPS, tracedSaga } from "./sagas.fixture.ts";

/** A change as a repository writes it: with the saga's fence, moving the saga on. */
const CHANGE = statement<{ ok: number }>(
	"spec.change",
	`with fenced as (${fenceSaga("$1", "$2")}
	), saved as (
		update tickets set note = $4 where id = $1::text and exists (select from fenced) returning id
	), advanced as (${advanceSaga("$3")}
	)
	select 1 as ok from saved`,
);

describe("a stored saga", () => {
	let database: CountersDatabase;
	beforeAll(async () => (database = await countersDatabase()));
	beforeEach(() => database.rows("truncate sagas, tickets"));
	afterAll(() => database.close());

	const claimed = (owner: string, types = ["traced"]) => claimSagas(database.db, owner, types);
	const driven = (run: SagaRun, log: string[], behaviours = {}) =>
		drive(driverOn(database.db), tracedSaga(log, behaviours), run);

	/** A saga of the owner `a`, and the run of `b` that took it over. */
	async function takenOver(): Promise<{ stale: SagaRun; current: SagaRun }> {
		const stale = await startSaga(database.db);
		await expire(database, stale.id);
		const [current] = await claimed("b");
		return { stale, current: current! };
	}

	describe("is claimed", () => {
		it("by nobody while its owner's lease runs", async () => {
			const { id } = await startSaga(database.db);

			expect(await claimed("b")).toEqual([]);
			expect((await sagaRow(database, id)).left_ms).toBeGreaterThan(2_000);
		});

		it("whole, with a larger fence and a new lease, when the lease has run out", async () => {
			const started = await startSaga(database.db, { deadlineMs: 1_234_567 });
			await expire(database, started.id);

			expect(await claimed("b")).toEqual([{ ...started, fence: 2, reached: Infinity }]);
			expect(await sagaRow(database, started.id)).toMatchObject({ owner: "b", fence: "2" });
			expect(await claimed("c")).toEqual([]);
		});

		it("by one of those who ask at the same time", async () => {
			const runs = await Promise.all(Array.from({ length: 30 }, () => startSaga(database.db)));
			await Promise.all(runs.map(({ id }) => expire(database, id)));
			const found = await Promise.all(["b", "c", "d", "e"].map((owner) => claimed(owner)));

			expect(new Set(found.flat().map(({ id }) => id)).size).toBe(30);
			expect(found.flat()).toHaveLength(30);
		});

		it("not before the moment it waits for", async () => {
			const run = await startSaga(database.db);
			await parkSaga(database.db, run, Date.now() + 60_000);

			expect(await claimed("b")).toEqual([]);
			await parkSaga(database.db, run, Date.now() - 1);
			expect(await claimed("b")).toHaveLength(1);
		});

		it("only by services that know its type, and never when it is done", async () => {
			const run = await startSaga(database.db);
			await expire(database, run.id);
			expect(await claimed("b", ["other"])).toEqual([]);

			await finishSaga(database.db, run);
			expect(await claimed("b")).toEqual([]);
		});
	});

	it("keeps its owner as long as it is renewed", async () => {
		const run = await startSaga(database.db);
		await expire(database, run.id);
		await renewSagas(database.db, [run]);

		expect(await claimed("b")).toEqual([]);
		expect((await sagaRow(database, run.id)).left_ms).toBeGreaterThan(2_000);
	});

	describe("that was resumed", () => {
		it("begins at its first step again", async () => {
			const { current } = await takenOver();
			const log: string[] = [];

			expect(await driven(current, log)).toEqual({ kind: "done" });
			expect(log).toEqual(STEPS);
		});

		it("undoes every step when it is refused at the first, for the one before may have gone further", async () => {
			const { current } = await takenOver();
			const log: string[] = [];
			await driven(current, log, { reserve: always(new Declined()) });

			expect(log).toEqual(["reserve", ...[...STEPS].reverse().map((step) => `undo ${step}`), "refused"]);
		});
	});

	describe("that was taken over", () => {
		it("cannot be ended, turned back, put off or renewed by the owner before", async () => {
			const { stale } = await takenOver();
			const before = await sagaRow(database, stale.id);
			expect(await finishSaga(database.db, stale)).toBe(false);
			expect(await turnBack(database.db, stale, new Declined())).toBe(false);
			await parkSaga(database.db, stale, 0, "stale");
			await expire(database, stale.id);
			await renewSagas(database.db, [stale]);

			const { state, fence, owner, last_error, left_ms } = await sagaRow(database, stale.id);
			expect({ state, fence, owner, last_error }).toEqual({
				state: "running",
				fence: "2",
				owner: "b",
				last_error: null,
			});
			expect(left_ms).toBeLessThan(before.left_ms);
		});

		it.each([
			["at its end", {}, [...STEPS]],
			["before it undoes anything", { authorize: always(new Declined()) }, ["reserve", "authorize"]],
		])("stops the owner before %s", async (_when, behaviours, done) => {
			const { stale } = await takenOver();
			const log: string[] = [];

			await expect(driven(stale, log, behaviours)).rejects.toBeInstanceOf(FenceLost);
			expect(log).toEqual(done);
		});

		it("stops the owner before when a change refuses its fence", async () => {
			const { stale } = await takenOver();
			const log: string[] = [];

			await expect(driven(stale, log, { reserve: always(new ChangeRefused("stale")) })).rejects.toBeInstanceOf(
				FenceLost,
			);
			expect(log).toEqual(["reserve"]);
		});
	});

	describe("and a change of its subject", () => {
		const change = async ({ id, fence }: SagaRun, next: string | null) =>
			(await database.db.query(CHANGE, [id, fence, next, `by fence ${fence}`])).length;
		const note = async ({ id }: SagaRun) => (await database.rows("select note from tickets where id = $1", [id]))[0];

		it("move on together", async () => {
			const run = await startSaga(database.db);
			await database.rows("insert into tickets (id) values ($1)", [run.id]);
			expect(await change(run, null)).toBe(1);
			expect((await sagaRow(database, run.id)).state).toBe("running");

			await change(run, "committed");
			expect(await sagaRow(database, run.id)).toMatchObject({ state: "committed", finished_at: null });
			await change(run, "done");
			expect(await sagaRow(database, run.id)).toMatchObject({ state: "done", finished_at: expect.any(Date) });
		});

		it("do not move for an owner from whom it was taken over", async () => {
			const { stale, current } = await takenOver();
			await database.rows("insert into tickets (id) values ($1)", [stale.id]);
			await change(current, "committed");

			expect(await change(stale, "done")).toBe(0);
			expect(await note(stale)).toEqual({ note: "by fence 2" });
			expect((await sagaRow(database, stale.id)).state).toBe("committed");
		});

		it("do not move once it is done", async () => {
			const run = await startSaga(database.db);
			await database.rows("insert into tickets (id) values ($1)", [run.id]);
			await finishSaga(database.db, run);

			expect(await change(run, "committed")).toBe(0);
		});
	});
});
