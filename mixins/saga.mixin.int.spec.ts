import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { v7 as uuidv7 } from "uuid";
import { call } from "../services/contracts/action.ts";
import { retrySagaOf, sagasOf } from "../services/contracts/operations.ts";
import { startBroker } from "../test/support/broker.ts";
import { until } from "../test/support/wait.ts";
import { countersDatabase } from "./counters.fixture.ts";
import type { Counters, CountersDatabase } from "./counters.fixture.ts";
import { defineService } from "./define-service.ts";
import type { Worker } from "./events/worker.ts";
import { always, expire, sagaRow, startSaga, STEPS, tracedSaga } from "./saga/sagas.fixture.ts";
import type { Behaviours } from "./saga/sagas.fixture.ts";
import { sagas } from "./saga.mixin.ts";
import { sql } from "./sql.mixin.ts";

type Service = Counters & { resuming: Worker; renewing: Worker };

describe("a service with sagas", () => {
	let database: CountersDatabase;
	let log: string[] = [];
	let clockMs = Date.now();
	const brokers: ServiceBroker[] = [];

	beforeAll(async () => (database = await countersDatabase()));
	beforeEach(async () => {
		await database.rows("truncate sagas");
		log = [];
		clockMs = Date.now();
	});
	afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.stop())));
	afterAll(() => database.close());

	async function start(behaviours: Behaviours = {}, nodeID = "a"): Promise<Service> {
		const schema = defineService({
			name: "counters",
			mixins: [sql({ url: () => database.url }), sagas([tracedSaga(log, behaviours)])],
			methods: { now: () => new Date(clockMs) },
		});
		const broker = await startBroker([schema], { nodeID });
		brokers.push(broker);
		return broker.getLocalService("counters") as unknown as Service;
	}
	const stateOf = async (id: string) => (await sagaRow(database, id)).state;

	it("runs one that a change has just stored, with the memory it is given", async () => {
		const memory = { token: "" };
		const service = await start({ reserve: (run) => Object.assign(run.memory, { token: "kept" }) });
		const started = await startSaga(database.db);

		expect(await service.runSaga(started, memory)).toEqual({ kind: "done" });
		expect(log).toEqual(STEPS);
		expect(memory).toEqual({ token: "kept" });
		expect(await stateOf(started.id)).toBe("done");
	});

	it("pain 16, the workflow store grows or is purged early: forgets what ended a month ago, and nothing else", async () => {
		const madeAt = (daysAgo: number) => uuidv7({ msecs: Date.now() - daysAgo * 86_400_000 });
		const [old, open, young, late] = [madeAt(40), madeAt(400), madeAt(20), madeAt(400)];
		for (const id of [old, open, young, late]) await startSaga(database.db, { id });
		const end = (id: string, daysAgo: number) =>
			database.rows(
				`update sagas set state = 'done', finished_at = now() - interval '${daysAgo} days' where id = '${id}'`,
			);
		await Promise.all([end(old, 31), end(young, 19), end(late, 1)]);
		await start({ reserve: () => Promise.reject(new Error("not now")) });
		const left = async () => (await database.rows<{ id: string }>("select id from sagas")).map(({ id }) => id);

		await until(async () => !(await left()).includes(old), { what: "the purge" });
		expect((await left()).sort()).toEqual([open, young, late].sort());
	});

	it("does not know those of another service", async () => {
		const service = await start();

		await expect(service.runSaga(await startSaga(database.db, { type: "other" }))).rejects.toThrow(
			"There is no saga other",
		);
	});

	it("resumes one whose owner died", async () => {
		const { id } = await startSaga(database.db);
		await expire(database, id);
		await start({}, "b");

		await until(async () => (await stateOf(id)) === "done");
		expect(log).toEqual(STEPS);
		expect(await sagaRow(database, id)).toMatchObject({ owner: "b", fence: "2" });
	});

	it("resumes one whose moment has come, at its next poll", async () => {
		const service = await start();
		const { id } = await startSaga(database.db);
		await expire(database, id);
		service.resuming.wake();

		await until(async () => (await stateOf(id)) === "done");
	});

	it("keeps a long run from being taken over", async () => {
		const gate = Promise.withResolvers<undefined>();
		const service = await start({ reserve: () => gate.promise });
		const started = await startSaga(database.db);
		const outcome = service.runSaga(started);
		await database.rows("update sagas set lease_until = now() + interval '1 s'");
		clockMs += 2_501;
		service.renewing.wake();

		await until(async () => (await sagaRow(database, started.id)).left_ms > 2_000);
		gate.resolve(undefined);
		expect(await outcome).toEqual({ kind: "done" });
	});

	it("goes on with its work when a run it resumed is taken from it", async () => {
		const [lost, next] = [await startSaga(database.db), await startSaga(database.db)];
		await expire(database, lost.id);
		const service = await start({
			confirm: (run) => run.id === lost.id && database.rows("update sagas set fence = 9 where id = $1", [run.id]),
		});
		await until(() => log.includes("capture"));
		await expire(database, next.id);
		service.resuming.wake();

		await until(async () => (await stateOf(next.id)) === "done");
		expect(await sagaRow(database, lost.id)).toMatchObject({ state: "running", fence: "9" });
	});

	describe("that stops", () => {
		it("lets the steps under way end", async () => {
			const gate = Promise.withResolvers<undefined>();
			const service = await start({ authorize: () => gate.promise });
			const started = await startSaga(database.db);
			const outcome = service.runSaga(started);
			await until(() => log.includes("authorize"));
			const stopping = brokers.splice(0)[0]?.stop();
			gate.resolve(undefined);
			await stopping;

			expect(await outcome).toEqual({ kind: "done" });
			expect(log).toEqual(STEPS);
		});

		it("puts off what would be tried again, and the next node resumes it", async () => {
			const service = await start({ authorize: always(new Error("a fault")) });
			const started = await startSaga(database.db);
			const outcome = service.runSaga(started);
			await until(() => log.includes("authorize"));
			await brokers.splice(0)[0]?.stop();

			expect(await outcome).toEqual({ kind: "waiting" });
			expect(log.length).toBeLessThan(1 + 6);
			log.length = 0;
			await expire(database, started.id);
			await start({}, "b");
			await until(async () => (await stateOf(started.id)) === "done");
			expect(log).toEqual(STEPS);
		});
	});

	it("lists its sagas with the steps of their type, and retries the one it is asked to", async () => {
		const service = await start({}, "b");
		const { id } = await startSaga(database.db);
		await database.rows("update sagas set lease_until = now(), next_run_at = now() + interval '1 hour'");
		const { rows } = await call(service.broker, sagasOf("counters"), { afterId: null, limit: 10 });
		expect(rows).toMatchObject([{ id, service: "counters", type: "traced", steps: STEPS, needsAttention: false }]);
		const troubled = { afterId: null, limit: 10, needsAttention: "true" as const };
		expect(await call(service.broker, sagasOf("counters"), troubled)).toEqual({ rows: [] });

		expect(await call(service.broker, retrySagaOf("counters"), { id })).toMatchObject({ id, state: "running" });
		await until(async () => (await stateOf(id)) === "done");
		expect(await call(service.broker, retrySagaOf("counters"), { id })).toBeNull();
	});
});
