import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { randomUUID } from "node:crypto";
import { startBroker } from "../test/support/broker.ts";
import { aggregate, ChangeRefused } from "./aggregate.mixin.ts";
import { counterRepository, countersDatabase, newCounter, raise, watched } from "./counters.fixture.ts";
import type { Counter, Counters, CountersDatabase } from "./counters.fixture.ts";
import { defineService } from "./define-service.ts";
import { sql } from "./sql.mixin.ts";

const cause = { id: "command-1", requestID: "request-1" };
const asItIs = (counter: Counter) => ({ state: counter, events: [] });

describe("a service with an aggregate", () => {
	let database: CountersDatabase;
	let broker: ServiceBroker;
	let counters: Counters;
	const statements: string[] = [];
	let wakes = 0;

	beforeAll(async () => {
		database = await countersDatabase();
		const schema = defineService({
			name: "counters",
			mixins: [sql({ url: () => database.url }), aggregate(counterRepository)],
			methods: { wakeRelay: () => (wakes += 1) },
			created() {
				this.db = watched(this.db, statements);
			},
		});
		broker = await startBroker([schema]);
		counters = broker.getLocalService("counters") as unknown as Counters;
	});
	afterAll(async () => {
		await broker.stop();
		await database.close();
	});

	const stored = async (id: string) => (await database.rows<Counter>("select * from counters where id = $1", [id]))[0];
	const facts = (id: string) => database.rows("select * from outbox where aggregate_id = $1 order by sequence", [id]);
	const sequences = async (id: string) => (await facts(id)).map(({ sequence }) => sequence);
	async function created(limit?: number): Promise<Counter> {
		const decision = newCounter(randomUUID(), limit);
		await counters.create(cause, decision);
		return decision.state;
	}
	async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
		statements.length = 0;
		await work();
		return [...statements];
	}

	it("stores a new one with its fact, and tells the relay", async () => {
		const before = wakes;
		const { id } = await created();

		expect(await stored(id)).toMatchObject({ value: 0, version: 1 });
		expect(await facts(id)).toMatchObject([
			{
				name: "counter.raised",
				aggregate_type: "counter",
				sequence: 1,
				correlation_id: "request-1",
				causation_id: "command-1",
				body: { counterId: id, value: 0 },
			},
		]);
		expect(wakes).toBe(before + 1);
	});

	it("does not store one twice, and publishes nothing of it", async () => {
		const { id } = await created();

		expect(await counters.create(cause, newCounter(id))).toBe(false);
		expect(await sequences(id)).toEqual([1]);
	});

	it("saves the decision of the rule with its facts", async () => {
		const { id } = await created();

		expect(await counters.change(cause, id, raise(2))).toMatchObject({ value: 2, version: 2 });
		expect(await stored(id)).toMatchObject({ value: 2, version: 2 });
		expect((await facts(id)).map(({ body }) => body)).toMatchObject([{ value: 0 }, { value: 1 }, { value: 2 }]);
	});

	it("leaves no state behind when the facts cannot be stored", async () => {
		const { id } = await created();
		await database.rows(
			"insert into outbox (message_id, name, schema_version, aggregate_type, aggregate_id, sequence, body) values (gen_random_uuid(), 'taken', 1, 'counter', $1, 2, '{}')",
			[id],
		);

		await expect(counters.change(cause, id, raise())).rejects.toThrow(
			"outbox_aggregate_type_aggregate_id_sequence_key",
		);
		expect(await stored(id)).toMatchObject({ value: 0, version: 1 });
	});

	it("changes and publishes nothing when the rule refuses", async () => {
		const { id } = await created(1);

		await expect(counters.change(cause, id, raise(2))).rejects.toMatchObject({ type: "LIMIT_REACHED" });
		expect(await stored(id)).toMatchObject({ value: 0, version: 1 });
		expect(await sequences(id)).toEqual([1]);
	});

	it("writes nothing when the rule leaves the state as it is", async () => {
		const { id } = await created();

		expect(await statementsOf(() => counters.change(cause, id, asItIs))).toEqual(["counters.lock"]);
		expect(await stored(id)).toMatchObject({ version: 1 });
	});

	it("refuses a change of what is not there with the repository's refusal", async () => {
		await expect(counters.change(cause, randomUUID(), raise())).rejects.toMatchObject({ type: "COUNTER_NOT_FOUND" });
	});

	it("loses no update and leaves no gap between facts when 32 change the same one at once", async () => {
		const { id } = await created();
		await Promise.all(Array.from({ length: 32 }, (_, index) => counters.change(cause, id, raise(1 + (index % 2)))));

		expect(await stored(id)).toMatchObject({ value: 48, version: 33 });
		expect(await sequences(id)).toEqual(Array.from({ length: 49 }, (_, index) => index + 1));
	});

	it("commits a change and the rest of an open transaction together", async () => {
		const { id } = await created();
		const undone = counters.db.transaction(async (tx) => {
			await counters.changeIn(tx, cause, id, raise());
			throw new Error("something else failed");
		});

		await expect(undone).rejects.toThrow("something else failed");
		expect(await stored(id)).toMatchObject({ value: 0 });
		expect(await sequences(id)).toEqual([1]);
	});

	describe("on a state seen before", () => {
		it("saves in one statement while it is current", async () => {
			const from = await created();

			expect(await statementsOf(() => counters.change(cause, from.id, raise(), { from }))).toEqual(["counters.update"]);
			expect(await stored(from.id)).toMatchObject({ value: 1, version: 2 });
		});

		it("decides again on the locked state when it is stale", async () => {
			const from = await created();
			await counters.change(cause, from.id, raise());

			expect(await counters.change(cause, from.id, raise(), { from })).toMatchObject({ value: 2, version: 3 });
			expect(await statementsOf(() => counters.change(cause, from.id, raise(), { from }))).toEqual([
				"counters.update",
				"counters.lock",
				"counters.update",
			]);
			expect(await sequences(from.id)).toEqual([1, 2, 3, 4]);
		});

		it("does not believe a refusal that a stale state caused", async () => {
			const current = await created(1);
			const stale = { ...current, value: 1, version: 0 };

			expect(await counters.change(cause, current.id, raise(), { from: stale })).toMatchObject({ value: 1 });
		});
	});

	describe("with a rider", () => {
		const ticket = async () => {
			const id = randomUUID();
			await database.rows("insert into tickets (id) values ($1)", [id]);
			return id;
		};
		const note = async (id: string) =>
			(await database.rows("select note from tickets where id = $1", [id]))[0]?.["note"];

		it("commits both", async () => {
			const [{ id }, ticketId] = [await created(), await ticket()];
			await counters.change(cause, id, raise(), { rider: { id: ticketId, note: "once" } });

			expect(await note(ticketId)).toBe("once");
		});

		it("makes it from the decision when it is a function", async () => {
			const [{ id }, ticketId] = [await created(), await ticket()];
			await counters.change(cause, id, raise(2), { rider: ({ state }) => ({ id: ticketId, note: `${state.value}` }) });

			expect(await note(ticketId)).toBe("2");
		});

		it("saves for the rider's sake alone", async () => {
			const [{ id }, ticketId] = [await created(), await ticket()];
			await counters.change(cause, id, asItIs, { rider: { id: ticketId, note: "alone" } });

			expect(await note(ticketId)).toBe("alone");
		});

		it.each([[false], [true]])(
			"changes nothing when the rider refuses (on a state seen before: %s)",
			async (isSeen) => {
				const counter = await created();
				const options = { rider: { id: "no such ticket", note: "" }, from: isSeen ? counter : undefined };

				await expect(counters.change(cause, counter.id, raise(), options)).rejects.toBeInstanceOf(ChangeRefused);
				expect(await stored(counter.id)).toMatchObject({ value: 0, version: 1 });
				expect(await sequences(counter.id)).toEqual([1]);
			},
		);
	});
});
