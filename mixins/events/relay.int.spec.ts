import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type { Message } from "../../services/contracts/event.ts";
import { counterRepository, countersDatabase, newCounter } from "../counters.fixture.ts";
import type { CountersDatabase } from "../counters.fixture.ts";
import type { Queryable } from "../sql/database.ts";
import type { EventBus } from "./bus.ts";
import { holdLease } from "./lease.ts";
import { outboxRows } from "./outbox.ts";
import { drainOutbox, RELAY_LEASE, relayOnce } from "./relay.ts";

/** A bus that remembers, and can be told what to do while a message is on its way. */
class RecordingBus implements Pick<EventBus, "publish" | "isConnected"> {
	isReachable = true;
	readonly published: Message[] = [];
	onPublish = async (messages: readonly Message[]): Promise<ReadonlySet<string>> =>
		new Set(messages.map(({ id }) => id));

	isConnected(): boolean {
		return this.isReachable;
	}

	publish(messages: readonly Message[]): Promise<ReadonlySet<string>> {
		this.published.push(...messages);
		return this.onPublish(messages);
	}
}

describe("the relay", () => {
	let database: CountersDatabase;
	let bus: RecordingBus;
	const relayOf = (owner: string, db: Queryable = database.db) => ({ db, bus, owner });
	const drain = (owner: string) => drainOutbox(relayOf(owner));

	beforeAll(async () => (database = await countersDatabase()));
	beforeEach(async () => {
		bus = new RecordingBus();
		await database.rows("truncate outbox, leases, counters");
	});
	afterAll(() => database.close());

	/** Commits one fact of a new counter. */
	async function commit(id: string = randomUUID()): Promise<string> {
		const decision = newCounter(id);
		const outbox = outboxRows(decision.events, { id: "command-1", requestID: "request-1" }, randomUUID);
		await counterRepository.save(database.db, { before: undefined, decision, outbox, rider: undefined });
		return id;
	}
	const commitMany = (count: number) => Promise.all(Array.from({ length: count }, () => commit()));
	const publishedIds = () => bus.published.map(({ aggregateId }) => aggregateId);
	const pending = async () =>
		(await database.rows<{ id: string }>("select aggregate_id as id from outbox where published_at is null")).length;
	const letLeaseExpire = () => database.rows("update leases set expires_at = now() - interval '1 ms'");

	it("publishes each fact with all that travels with it", async () => {
		const id = await commit();
		await drain("a");

		expect(bus.published).toEqual([
			{
				id: expect.any(String),
				name: "counter.raised",
				version: 1,
				aggregateType: "counter",
				aggregateId: id,
				sequence: 1,
				correlationId: "request-1",
				causationId: "command-1",
				data: { counterId: id, value: 0, timestamp: expect.any(String) },
			},
		]);
		expect(await pending()).toBe(0);
	});

	it("publishes in the order of the facts, and each once", async () => {
		const ids: string[] = [];
		for (let count = 0; count < 8; count++) ids.push(await commit());
		await drain("a");
		await drain("a");

		expect(publishedIds()).toEqual(ids);
	});

	it("empties an outbox of more than one batch", async () => {
		await commitMany(250);
		await drain("a");

		expect(new Set(publishedIds()).size).toBe(250);
		expect(await pending()).toBe(0);
	});

	it("publishes only on the node that holds the lease", async () => {
		await drain("a");
		const id = await commit();
		await drain("b");
		expect(bus.published).toEqual([]);

		await drain("a");
		expect(publishedIds()).toEqual([id]);
	});

	it("publishes again what the bus did not confirm, and writes down that it did not", async () => {
		const [refused, confirmed] = [await commit(), await commit()];
		bus.onPublish = async (messages) =>
			new Set(messages.filter(({ aggregateId }) => aggregateId !== refused).map(({ id }) => id));
		await drain("a");

		expect(
			await database.rows("select aggregate_id, attempts, published_at is null as waits from outbox order by id"),
		).toEqual([
			{ aggregate_id: refused, attempts: 1, waits: true },
			{ aggregate_id: confirmed, attempts: 0, waits: false },
		]);
		expect(await database.rows("select last_error from outbox where attempts > 0")).toEqual([
			{ last_error: "a reader's inbox did not accept the message" },
		]);
		await drain("a");
		expect(publishedIds()).toEqual([refused, confirmed, refused]);
	});

	it("leaves facts as they are while the bus is out of reach: that is nobody's fault", async () => {
		const id = await commit();
		bus.isReachable = false;
		await drain("a");
		expect(bus.published).toEqual([]);
		expect(await database.rows("select attempts, last_error from outbox")).toEqual([{ attempts: 0, last_error: null }]);

		bus.isReachable = true;
		await drain("a");
		expect(publishedIds()).toEqual([id]);
	});

	it("publishes the others beside more facts than a batch that a lost reader blocks", async () => {
		await commitMany(250);
		const blocked = new Set(
			(await database.rows<{ id: string }>("select aggregate_id as id from outbox")).map(({ id }) => id),
		);
		bus.onPublish = async (messages) =>
			new Set(messages.filter(({ aggregateId }) => !blocked.has(aggregateId)).map(({ id }) => id));
		await drain("a");
		const id = await commit();
		await drain("a");
		await drain("a");

		expect(publishedIds()).toContain(id);
		expect(await pending()).toBe(250);
		expect(await database.rows("select 1 from outbox where attempts = 0 and published_at is null")).toEqual([]);
	});

	it("empties an outbox that was blocked, once its reader is back", async () => {
		await commitMany(450);
		await database.rows("update outbox set attempts = 3 where id % 2 = 0");
		await drain("a");

		expect(await pending()).toBe(0);
		expect(bus.published).toHaveLength(450);
	});

	it("publishes again what a crash kept it from marking", async () => {
		await commit();
		const dying: Queryable = {
			query: (wanted, values) =>
				wanted.name === "outbox.mark" ? Promise.reject(new Error("killed")) : database.db.query(wanted, values),
		};

		await expect(drainOutbox(relayOf("a", dying))).rejects.toThrow("killed");
		await drain("a");
		expect(bus.published).toHaveLength(2);
		expect(bus.published[1]).toEqual(bus.published[0]);
		expect(await pending()).toBe(0);
	});

	describe("when its lease expires while it publishes", () => {
		const takenOverBy = (owner: string) => async (messages: readonly Message[]) => {
			await letLeaseExpire();
			await holdLease(database.db, RELAY_LEASE, owner);
			return new Set(messages.map(({ id }) => id));
		};

		it("cannot mark what it published, so that the new holder publishes it, too", async () => {
			await commit();
			const fence = (await holdLease(database.db, RELAY_LEASE, "a")) ?? 0;
			bus.onPublish = takenOverBy("b");
			await relayOnce(relayOf("a"), fence);

			expect(await pending()).toBe(1);
		});

		it("cannot mark with the fence of an earlier holding either", async () => {
			await commit();
			const fence = (await holdLease(database.db, RELAY_LEASE, "a")) ?? 0;
			for (const owner of ["b", "a"]) {
				await letLeaseExpire();
				await holdLease(database.db, RELAY_LEASE, owner);
			}
			await relayOnce(relayOf("a"), fence);

			expect(await pending()).toBe(1);
		});

		it("publishes nothing more", async () => {
			await commitMany(250);
			bus.onPublish = takenOverBy("b");
			await drain("a");

			expect(bus.published).toHaveLength(200);
		});
	});
});
