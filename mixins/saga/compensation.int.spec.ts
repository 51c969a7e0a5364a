import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { countersDatabase } from "../counters.fixture.ts";
import type { CountersDatabase } from "../counters.fixture.ts";
import { drive } from "./driver.ts";
import type { Driver } from "./driver.ts";
import { claimSagas } from "./saga-store.ts";
import { always, Declined, driverOn, expire, failing, sagaRow, startSaga, tracedSaga } from "./sagas.fixture.ts";
import type { Behaviours } from "./sagas.fixture.ts";

const declined = always(new Declined({ reason: "funds" }));
const fault = new Error("a fault");
const stopped = { signal: AbortSignal.abort() };

describe("the undoing of a saga", () => {
	let database: CountersDatabase;
	beforeAll(async () => (database = await countersDatabase()));
	beforeEach(() => database.rows("truncate sagas"));
	afterAll(() => database.close());

	/** Refused at its second step. */
	async function driven(behaviours: Behaviours, options: Partial<Driver> = {}, attempts = 0) {
		const log: string[] = [];
		const run = Object.assign(await startSaga(database.db), { attempts });
		const outcome = await drive(
			driverOn(database.db, options),
			tracedSaga(log, { authorize: declined, ...behaviours }),
			run,
		);
		return { log, outcome, run, row: await sagaRow(database, run.id) };
	}

	it("tries again what fails", async () => {
		const { log, outcome } = await driven({ "undo reserve": failing(1), refused: failing(1) });

		expect(log.slice(2)).toEqual(["undo authorize", "undo reserve", "undo reserve", "refused", "refused"]);
		expect(outcome).toMatchObject({ kind: "refused" });
	});

	it.each([
		["a fault", fault],
		["a refusal", new Declined()],
	])("goes no further than %s, and is never given up", async (_what, error) => {
		const { log, outcome, row } = await driven({ "undo authorize": always(error) }, stopped);

		expect(log.slice(2)).toEqual(["undo authorize"]);
		expect(outcome).toEqual({ kind: "waiting" });
		expect(row).toMatchObject({
			state: "compensating",
			attempts: 1,
			needs_attention: false,
			refusal: { type: "DECLINED" },
		});
		expect(row.last_error).toContain(error.message);
	});

	it("goes no further than the end of the refused one, when that fails", async () => {
		const { outcome, row } = await driven({ refused: always(fault) }, stopped);

		expect(outcome).toEqual({ kind: "waiting" });
		expect(row).toMatchObject({ state: "compensating", finished_at: null });
	});

	it("is put off for longer each time, for a minute at most", async () => {
		const delays: number[] = [];
		for (const attempts of [0, 1, 2, 7, 50]) {
			const { row } = await driven({ "undo reserve": always(fault) }, { ...stopped, now: () => 0 }, attempts);
			delays.push(row.next_run_at.getTime());
		}
		expect(delays).toEqual([2_000, 4_000, 8_000, 60_000, 60_000]);
	});

	it.each([
		[7, false],
		[8, true],
	])("put off %s times needs attention: %s", async (times, needsAttention) => {
		const { row } = await driven({ "undo reserve": always(fault) }, stopped, times - 1);

		expect(row).toMatchObject({ attempts: times, needs_attention: needsAttention });
	});

	it("goes on where it is resumed: undoes all steps, for nobody knows how many were begun, and runs none", async () => {
		const { run } = await driven({ "undo authorize": always(fault) }, stopped);
		await expire(database, run.id);
		const [resumed] = await claimSagas(database.db, "b", ["traced"]);
		const log: string[] = [];

		expect(await drive(driverOn(database.db), tracedSaga(log), resumed!)).toMatchObject({
			kind: "refused",
			refusal: { type: "DECLINED", data: { reason: "funds" } },
		});
		expect(log).toEqual(["undo capture", "undo confirm", "undo authorize", "undo reserve", "refused"]);
		expect(await sagaRow(database, run.id)).toMatchObject({ state: "done", finished_at: expect.any(Date) });
	});
});
