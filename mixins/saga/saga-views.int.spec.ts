import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { countersDatabase } from "../counters.fixture.ts";
import type { CountersDatabase } from "../counters.fixture.ts";
import { drive } from "./driver.ts";
import { Parked } from "./saga.ts";
import type { SagaRun } from "./saga.ts";
import { claimSagas, finishSaga, parkSaga } from "./saga-store.ts";
import { findSagas, retrySaga } from "./saga-views.ts";
import type { SagaFilter, SagaRow } from "./saga-views.ts";
import { always, Declined, driverOn, expire, failing, startSaga, tracedSaga } from "./sagas.fixture.ts";
import type { Behaviours } from "./sagas.fixture.ts";

describe("the sagas as operators see them", () => {
	let database: CountersDatabase;
	beforeAll(async () => (database = await countersDatabase()));
	beforeEach(() => database.rows("truncate sagas"));
	afterAll(() => database.close());

	const list = (filter: Partial<SagaFilter> = {}) =>
		findSagas(database.db, { state: undefined, needsAttention: undefined, afterId: null, limit: 100, ...filter });
	const shown = async (id: string, filter: Partial<SagaFilter> = {}): Promise<SagaRow> => {
		const row = (await list(filter)).find((each) => each.id === id);
		if (row === undefined) throw new Error(`Saga ${id} is not listed.`);
		return row;
	};
	const driven = (run: SagaRun, behaviours: Behaviours) =>
		drive(driverOn(database.db, { signal: AbortSignal.abort() }), tracedSaga([], behaviours), run);
	const claim = async (owner: string) => (await claimSagas(database.db, owner, ["traced"]))[0]!;
	const events = ({ timeline }: SagaRow) => timeline.map(({ event }) => event);

	it("tell who has them and what they are about", async () => {
		const { id, subjectId } = await startSaga(database.db, { deadlineMs: 1_767_323_045_000 });

		expect(await shown(id)).toMatchObject({
			...{ id, subjectId, type: "traced", state: "running", needsAttention: false, attempts: 0, lastError: null },
			...{ step: null, owner: "a", fence: 1, deadlineAt: "2026-01-02T03:04:05.000Z", finishedAt: null },
			timeline: [{ event: "started", by: "a", fence: 1 }],
		});
	});

	it("tell where and why they were put off, and until when", async () => {
		const run = await startSaga(database.db);
		await driven(run, { authorize: always(new Error("the bank is shut")) });

		const saga = await shown(run.id);
		expect(saga).toMatchObject({ step: "authorize", attempts: 1, lastError: "Error: the bank is shut" });
		expect(Date.parse(saga.nextRunAt)).toBeGreaterThan(Date.now() + 1_000);
		expect(saga.timeline).toMatchObject([
			{ event: "started" },
			{ event: "putOff", step: "authorize", attempts: 1, by: "a", error: "Error: the bank is shut" },
		]);
	});

	it("tell how they were turned back, taken over and ended", async () => {
		const run = await startSaga(database.db);
		await driven(run, { authorize: always(new Declined({ reason: "funds" })), "undo reserve": failing(1) });
		await expire(database, run.id);
		await database.rows("update sagas set lease_until = now() - interval '1 s', next_run_at = now() - interval '9 s'");
		await driven(await claim("b"), {});

		const saga = await shown(run.id, { state: "done" });
		expect(saga.timeline).toMatchObject([
			{ event: "started", by: "an earlier owner" },
			{ event: "turnedBack", step: "authorize", error: expect.stringContaining("The bank said no") },
			{ event: "putOff", step: "undo reserve", fence: 1 },
			{ event: "takenOver", by: "b", fence: 2 },
			{ event: "finished", by: "b", fence: 2 },
		]);
	});

	it("keep the last fifty entries of a long story", async () => {
		const run = await startSaga(database.db);
		for (let attempt = 1; attempt <= 60; attempt++) {
			await parkSaga(database.db, { ...run, attempts: attempt }, Date.now(), `fault ${attempt}`);
		}
		const { timeline } = await shown(run.id);

		expect(timeline).toHaveLength(51);
		expect(timeline.at(-1)).toMatchObject({ error: "fault 60" });
	});

	describe("need attention", () => {
		const park = (run: SagaRun, attempts: number, error?: string) =>
			parkSaga(database.db, { ...run, attempts }, Date.now() + 60_000, error);
		const needs = async (id: string) => (await shown(id)).needsAttention;

		it("after eight faults in a row", async () => {
			const run = await startSaga(database.db);
			await park(run, 7, "fault");
			expect(await needs(run.id)).toBe(false);

			await park(run, 8, "fault");
			expect(await needs(run.id)).toBe(true);
		});

		it("after five minutes of trouble, however seldom they were tried", async () => {
			const run = await startSaga(database.db);
			await park(run, 1, "fault");
			await database.rows("update sagas set troubled_since = now() - interval '4 minutes'");
			await park(run, 2, "fault");
			expect(await needs(run.id)).toBe(false);

			await database.rows("update sagas set troubled_since = now() - interval '6 minutes'");
			await park(run, 3, "fault");
			expect(await needs(run.id)).toBe(true);
		});

		it("when they are due and nobody takes them for a minute", async () => {
			const { id } = await startSaga(database.db);
			await database.rows("update sagas set next_run_at = now() - interval '1 hour'");
			expect(await needs(id)).toBe(false);

			await database.rows("update sagas set lease_until = now() - interval '61 s'");
			expect(await needs(id)).toBe(true);
		});

		it("not while they only wait, however long, nor when they are done", async () => {
			const run = await startSaga(database.db);
			await park(run, 8, "fault");
			await driven(run, { capture: always(new Parked(Date.now() + 60_000)) });
			await database.rows("update sagas set created_at = now() - interval '9 days'");
			expect(await shown(run.id)).toMatchObject({ needsAttention: false, attempts: 0, lastError: "fault" });

			await park(run, 8, "fault");
			await finishSaga(database.db, run);
			expect(await shown(run.id, { state: "done" })).toMatchObject({ needsAttention: false });
		});

		it("and can be asked for alone", async () => {
			const [troubled, well] = [await startSaga(database.db), await startSaga(database.db)];
			await park(troubled, 8, "fault");

			expect((await list({ needsAttention: true })).map(({ id }) => id)).toEqual([troubled.id]);
			expect((await list({ needsAttention: false })).map(({ id }) => id)).toEqual([well.id]);
			expect(await list({ needsAttention: true, state: "done" })).toEqual([]);
		});
	});

	it("are listed by descending id, slice by slice, those of a state alone, and only open ones unless asked", async () => {
		const runs = await Promise.all(Array.from({ length: 5 }, () => startSaga(database.db)));
		const ids = runs
			.map(({ id }) => id)
			.sort()
			.reverse();
		await finishSaga(
			database.db,
			runs.find(({ id }) => id === ids[0])!,
		);
		await database.rows("update sagas set state = 'compensating' where id = $1", [ids[1]]);
		const idsOf = async (filter: Partial<SagaFilter>) => (await list(filter)).map(({ id }) => id);

		expect(await idsOf({})).toEqual(ids.slice(1));
		expect(await idsOf({ limit: 2 })).toEqual(ids.slice(1, 3));
		expect(await idsOf({ afterId: ids[2]!, limit: 2 })).toEqual(ids.slice(3));
		expect(await idsOf({ state: "done" })).toEqual([ids[0]]);
		expect(await idsOf({ state: "compensating" })).toEqual([ids[1]]);
	});

	describe("are retried", () => {
		it("at once, whatever they wait for", async () => {
			const run = await startSaga(database.db);
			await parkSaga(database.db, run, Date.now() + 3_600_000);
			const retried = await retrySaga(database.db, run.id, "user u1");

			expect(events(retried!)).toEqual(["started", "retried"]);
			expect(retried?.timeline.at(-1)).toMatchObject({ by: "user u1" });
			expect((await claim("b")).id).toBe(run.id);
		});

		it("not under the hands of their owner", async () => {
			const { id } = await startSaga(database.db);
			await retrySaga(database.db, id, "user u1");

			expect(await claimSagas(database.db, "b", ["traced"])).toEqual([]);
		});

		it("not when they are done or unknown", async () => {
			const run = await startSaga(database.db);
			await finishSaga(database.db, run);

			expect(await retrySaga(database.db, run.id, "user u1")).toBeUndefined();
			expect(await retrySaga(database.db, randomUUID(), "user u1")).toBeUndefined();
		});
	});
});
