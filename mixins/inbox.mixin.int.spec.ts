import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { startBroker } from "../test/support/broker.ts";
import { until } from "../test/support/wait.ts";
import { defineEvent } from "../services/contracts/event.ts";
import type { Message } from "../services/contracts/event.ts";
import { aggregate } from "./aggregate.mixin.ts";
import { counterRepository, countersDatabase, newCounter, raise } from "./counters.fixture.ts";
import type { Counters, CountersDatabase } from "./counters.fixture.ts";
import { defineService } from "./define-service.ts";
import { acceptDeliveries, RETRY_AFTER_MS } from "./events/inbox.ts";
import { LocalBus } from "./events/local-bus.ts";
import type { Worker } from "./events/worker.ts";
import { consumer, inbox } from "./inbox.mixin.ts";
import { outbox } from "./outbox.mixin.ts";
import { statement } from "./sql/database.ts";
import { sql } from "./sql.mixin.ts";

const Rang = defineEvent("bell.rang", 1, {
	summary: "A bell rang.",
	aggregate: ["bell", "bellId"],
	body: { bellId: z.uuid(), times: z.int() },
});

const NOTE = statement("spec.note", "insert into tickets (id, note) values ($1, $2)");

interface Row {
	readonly consumer: string;
	readonly attempts: number;
	readonly lastError: string | null;
	readonly hasMessage: boolean;
	readonly isProcessed: boolean;
	readonly isDead: boolean;
	readonly waitMs: number;
}

describe("a service with an inbox", () => {
	let database: CountersDatabase;
	let bus: LocalBus;
	const brokers: ServiceBroker[] = [];
	const faults = new Set<string>();
	const fail = (message: Message) => {
		if (faults.has(message.id)) throw new Error(`cannot read ${message.id}`);
	};

	beforeAll(async () => (database = await countersDatabase()));
	afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.stop())));
	afterAll(() => database.close());

	const consumers = [
		consumer<Counters, typeof Rang>("bells.note", Rang, async (message, tx) => {
			await tx.query(NOTE, [`${message.id} noted`, String(message.data.times + 1)]);
			fail(message);
		}),
		consumer<Counters, typeof Rang>("bells.count", Rang, async function ({ id, correlationId, data }, tx) {
			await this.changeIn(tx, { id, requestID: correlationId }, data.bellId, raise());
		}),
	];
	async function start(nodeID = "a"): Promise<Counters & { inboxWorker: Worker }> {
		const mixins = [sql({ url: () => database.url }), outbox(), aggregate(counterRepository), inbox(consumers)];
		bus = new LocalBus();
		const broker = await startBroker([defineService({ name: "bells", mixins })], { nodeID, bus });
		brokers.push(broker);
		return broker.getLocalService("bells") as unknown as Counters & { inboxWorker: Worker };
	}

	/** A message about a counter that exists. */
	async function rang(): Promise<Message> {
		const { state } = newCounter(randomUUID());
		await counterRepository.save(database.db, {
			before: undefined,
			decision: { state, events: [] },
			outbox: "[]",
			rider: undefined,
		});
		const { name, version, data } = Rang.of({ bellId: state.id, times: 3, timestamp: "2026-01-02T03:04:05.000Z" });
		const about = { aggregateType: "bell", aggregateId: state.id, sequence: 1 };
		return { id: randomUUID(), name, version, ...about, correlationId: "request-1", causationId: null, data };
	}
	const rows = ({ id }: Message) =>
		database.rows<Row>(
			`select consumer, attempts, last_error as "lastError", message is not null as "hasMessage",
				processed_at is not null as "isProcessed", dead_at is not null as "isDead",
				extract(epoch from next_attempt_at - now())::float * 1000 as "waitMs"
			from inbox where message_id = $1 order by consumer`,
			[id],
		);
	const noteRow = async (message: Message) => (await rows(message)).find((row) => row.consumer === "bells.note");
	const isHandled = async (message: Message) => (await rows(message)).every(({ isProcessed }) => isProcessed);
	const notes = async ({ id }: Message) =>
		(await database.rows<{ note: string }>("select note from tickets where id = $1", [`${id} noted`])).map(
			({ note }) => note,
		);
	const countOf = async ({ aggregateId }: Message) =>
		(await database.rows<{ value: number }>("select value from counters where id = $1", [aggregateId]))[0]?.value;

	it("handles a message with each of its consumers, and keeps only that it did", async () => {
		await start();
		const message = await rang();

		expect(await bus.publish([message])).toEqual(new Set([message.id]));
		await until(() => isHandled(message));
		expect(await rows(message)).toMatchObject([
			{ consumer: "bells.count", hasMessage: false, isDead: false },
			{ consumer: "bells.note", hasMessage: false, isDead: false },
		]);
		expect(await notes(message)).toEqual(["4"]);
	});

	it("handles a message that comes twice only once, whenever it comes", async () => {
		await start();
		const message = await rang();
		await Promise.all([bus.publish([message, message]), bus.publish([message])]);
		await until(() => isHandled(message));
		await bus.publish([message]);
		await until(() => isHandled(message));

		expect(await countOf(message)).toBe(1);
		expect(await notes(message)).toEqual(["4"]);
	});

	it("handles each message once when two nodes share the inbox", async () => {
		await Promise.all([start("a"), start("b")]);
		const messages = await Promise.all(Array.from({ length: 40 }, rang));
		await bus.publish(messages);
		await until(async () => (await Promise.all(messages.map(isHandled))).every(Boolean));

		expect(new Set(await Promise.all(messages.map(countOf)))).toEqual(new Set([1]));
	});

	it("keeps nothing of a handling that failed, and handles the message later", async () => {
		const service = await start();
		const message = await rang();
		faults.add(message.id);
		await bus.publish([message]);
		await until(async () => (await noteRow(message))?.attempts);

		expect(await notes(message)).toEqual([]);
		expect(await noteRow(message)).toMatchObject({
			isProcessed: false,
			hasMessage: true,
			lastError: `Error: cannot read ${message.id}`,
		});
		faults.clear();
		await database.rows("update inbox set next_attempt_at = now() where message_id = $1", [message.id]);
		service.inboxWorker.wake();
		await until(() => isHandled(message));
		expect(await notes(message)).toEqual(["4"]);
	});

	it("goes on with the other consumers when one fails", async () => {
		await start();
		const message = await rang();
		faults.add(message.id);
		await bus.publish([message]);
		await until(async () => (await noteRow(message))?.attempts);
		await until(() => countOf(message));

		expect(await rows(message)).toMatchObject([{ isProcessed: true }, { isProcessed: false }]);
	});

	it("waits longer before each try, and makes it a dead letter after the last", async () => {
		const service = await start();
		const message = await rang();
		faults.add(message.id);
		await bus.publish([message]);

		expect(RETRY_AFTER_MS).toEqual([1_000, 10_000, 60_000, 600_000]);
		for (const [index, waitMs] of RETRY_AFTER_MS.entries()) {
			const row = await until(async () => {
				const found = await noteRow(message);
				return found?.attempts === index + 1 ? found : null;
			});
			expect(row.isDead).toBe(false);
			expect(row.waitMs).toBeGreaterThan(waitMs - 500);
			expect(row.waitMs).toBeLessThanOrEqual(waitMs);
			await database.rows("update inbox set next_attempt_at = now() where message_id = $1", [message.id]);
			service.inboxWorker.wake();
		}
		await until(async () => (await noteRow(message))?.isDead);
		expect(await noteRow(message)).toMatchObject({ attempts: 5, isProcessed: false, hasMessage: true });
		const next = await rang();
		await bus.publish([next]);
		await until(() => isHandled(next));
		expect(await noteRow(message)).toMatchObject({ attempts: 5 });
	});

	it("handles what the process that accepted it had not when it died", async () => {
		const message = await rang();
		await acceptDeliveries(database.db, [{ consumer: "bells.note", message }]);
		await start();

		await until(() => isHandled(message));
		expect(await notes(message)).toEqual(["4"]);
	});

	it("publishes the facts that a message led to, with what caused them", async () => {
		await start();
		const message = await rang();
		const seen: Message[] = [];
		bus.subscribe({
			consumers: new Map([["spec.watch", ["counter.raised"]]]),
			accept: async (deliveries) => void seen.push(...deliveries.map((delivery) => delivery.message)),
		});
		await bus.publish([message]);
		const fact = await until(() => seen.find(({ aggregateId }) => aggregateId === message.aggregateId));

		expect(fact).toMatchObject({ sequence: 1, causationId: message.id, correlationId: "request-1" });
	});

	it.each([
		["whose body breaks its contract", "bells.note", { times: "three" }, "bellId"],
		["whose consumer is gone", "bells.gone", {}, "There is no consumer bells.gone any more"],
	])("puts off a message %s", async (_what, name, data, why) => {
		const message = { ...(await rang()), data };
		await acceptDeliveries(database.db, [{ consumer: name, message }]);
		await start();
		const [row] = await until(async () => {
			const found = await rows(message);
			return found[0]?.attempts === 1 ? found : null;
		});

		expect(row?.lastError).toContain(why);
	});

	it("remembers for two weeks what it handled", async () => {
		const [old, young] = [await rang(), await rang()];
		await acceptDeliveries(
			database.db,
			[old, young].map((message) => ({ consumer: "bells.note", message })),
		);
		const age = "update inbox set processed_at = now() - $2::interval where message_id = $1";
		await database.rows(age, [old.id, "14 days 1 minute"]);
		await database.rows(age, [young.id, "13 days 23 hours"]);
		await start();

		await until(async () => (await rows(old)).length === 0);
		expect(await rows(young)).toHaveLength(1);
	});
});
