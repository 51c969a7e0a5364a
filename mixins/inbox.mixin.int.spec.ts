import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { until } from "../test/support/wait.ts";
import type { Message } from "../services/contracts/event.ts";
import { BellTower } from "./bells.fixture.ts";
import { acceptDeliveries } from "./events/inbox.ts";

describe("a service with an inbox", () => {
	let tower: BellTower;
	beforeAll(async () => (tower = await BellTower.build()));
	afterEach(() => tower.stop());
	afterAll(() => tower.database.close());

	it("handles a message with each of its consumers, and keeps only that it did", async () => {
		await tower.start();
		const message = await tower.rang();

		expect(await tower.bus.publish([message])).toEqual(new Set([message.id]));
		await tower.handled(message);
		expect(await tower.rows(message)).toMatchObject([
			{ consumer: "bells.count", hasMessage: false, isDead: false },
			{ consumer: "bells.note", hasMessage: false, isDead: false },
		]);
		expect(await tower.notes(message)).toEqual(["4"]);
		expect(await tower.count(message)).toBe(1);
	});

	it("handles a message that comes again only once, whenever it comes", async () => {
		await tower.start();
		const [message, next] = [await tower.rang(), await tower.rang()];
		await Promise.all([tower.bus.publish([message, message]), tower.bus.publish([message])]);
		await tower.handled(message);
		await tower.bus.publish([message, next]);
		await tower.handled(next);

		expect(await tower.count(message)).toBe(1);
		expect(await tower.rows(message)).toHaveLength(2);
	});

	it("handles each message soon after it came, long before the next poll", async () => {
		await tower.start();
		const sinceMs = Date.now();
		for (let time = 0; time < 6; time++) {
			const message = await tower.rang();
			await tower.bus.publish([message]);
			await tower.handled(message);
		}
		expect(Date.now() - sinceMs).toBeLessThan(4_000);
	});

	it("handles each message once when two nodes share the inbox", async () => {
		await Promise.all([tower.start("a"), tower.start("b")]);
		const messages = await Promise.all(Array.from({ length: 40 }, () => tower.rang()));
		await tower.bus.publish(messages);
		await Promise.all(messages.map((message) => tower.handled(message)));

		expect(new Set(await Promise.all(messages.map((message) => tower.count(message))))).toEqual(new Set([1]));
	});

	it("handles messages that come together in one transaction", async () => {
		await tower.start();
		const messages = await Promise.all(Array.from({ length: 20 }, () => tower.rang()));
		await tower.bus.publish(messages);
		await Promise.all(messages.map((message) => tower.handled(message)));

		const ids = messages.map(({ id }) => id);
		const perTransaction = "select 1 from inbox where message_id = any($1) group by consumer, xmin::text";
		expect(await tower.database.rows(perTransaction, [ids])).toHaveLength(2);
	});

	it("handles alone what came before and was not brought to an end", async () => {
		const subscribing = jest.spyOn(tower.bus, "subscribe");
		await tower.start();
		const [subscriber] = subscribing.mock.calls[0]!;
		const messages = await Promise.all(Array.from({ length: 5 }, () => tower.rang()));
		const again = messages.map((message) => ({ consumer: "bells.note", message, cameBefore: true }));
		await Promise.all(again.map((delivery) => subscriber.handle(delivery)));

		const ids = messages.map(({ id }) => id);
		const perTransaction = "select 1 from inbox where message_id = any($1) group by xmin::text";
		expect(await tower.database.rows(perTransaction, [ids])).toHaveLength(5);
	});

	it("handles what the process that accepted it had not when it died", async () => {
		const message = await tower.rang();
		await acceptDeliveries(tower.database.db, [{ consumer: "bells.note", message }]);
		await tower.start();
		await tower.handled(message);

		expect(await tower.notes(message)).toEqual(["4"]);
	});

	it("publishes the facts that a message led to, with what caused them", async () => {
		await tower.start();
		const message = await tower.rang();
		const seen: Message[] = [];
		const never = () => Promise.reject(new Error("The local bus leaves handling to the inbox."));
		tower.bus.subscribe({
			service: "spec",
			handle: never,
			bury: never,
			consumers: new Map([["spec.watch", ["counter.raised"]]]),
			accept: async (deliveries) => void seen.push(...deliveries.map((delivery) => delivery.message)),
		});
		await tower.bus.publish([message]);
		const fact = await until(() => seen.find(({ aggregateId }) => aggregateId === message.aggregateId));

		expect(fact).toMatchObject({ sequence: 1, causationId: message.id, correlationId: "request-1" });
	});

	it("publishes them soon after their commit, long before the next poll", async () => {
		await tower.start();
		const published = async ({ id }: Message) =>
			(await tower.database.rows("select 1 from outbox where causation_id = $1 and published_at is not null", [id]))
				.length;
		const sinceMs = Date.now();
		for (let time = 0; time < 6; time++) {
			const message = await tower.rang();
			await tower.bus.publish([message]);
			await until(() => published(message));
		}
		expect(Date.now() - sinceMs).toBeLessThan(4_000);
	});

	it("remembers for two weeks what it handled", async () => {
		const [old, young] = [await tower.rang(), await tower.rang()];
		const deliveries = [old, young].map((message) => ({ consumer: "bells.note", message }));
		await acceptDeliveries(tower.database.db, deliveries);
		const age = "update inbox set processed_at = now() - $2::interval where message_id = $1";
		await tower.database.rows(age, [old.id, "14 days 1 minute"]);
		await tower.database.rows(age, [young.id, "13 days 23 hours"]);
		await tower.start();

		await until(async () => (await tower.rows(old)).length === 0);
		expect(await tower.rows(young)).toHaveLength(1);
	});
});

describe("a message that cannot be handled", () => {
	let tower: BellTower;
	beforeAll(async () => (tower = await BellTower.build()));
	afterEach(() => tower.stop());
	afterAll(() => tower.database.close());

	it("has no effect, and is handled later", async () => {
		const service = await tower.start();
		const message = await tower.rangUnreadably();
		await tower.bus.publish([message]);

		expect(await tower.failedNote(message)).toMatchObject({
			isProcessed: false,
			hasMessage: true,
			lastError: `Error: cannot read ${message.id}`,
		});
		expect(await tower.notes(message)).toEqual([]);
		tower.repair(message);
		await tower.makeDue(message);
		service.inboxWorker.wake();
		await tower.handled(message);
		expect(await tower.notes(message)).toEqual(["4"]);
	});

	it("does not keep the other consumers from it", async () => {
		await tower.start();
		const message = await tower.rangUnreadably();
		await tower.bus.publish([message]);
		await tower.failedNote(message);
		await until(() => tower.count(message));

		expect(await tower.rows(message)).toMatchObject([{ isProcessed: true }, { isProcessed: false }]);
	});

	it("does not keep back the messages that came with it", async () => {
		await tower.start();
		const messages = await Promise.all([tower.rang(), tower.rangUnreadably(), tower.rang()]);
		await tower.bus.publish(messages);
		const [before, broken, after] = messages;
		await tower.handled(before);
		await tower.handled(after);

		expect(await tower.failedNote(broken)).toMatchObject({ isProcessed: false });
		expect(await tower.notes(broken)).toEqual([]);
		expect(await Promise.all(messages.map((message) => tower.count(message)))).toEqual([1, 1, 1]);
	});

	it("is tried again after 1 s, 10 s, 60 s and 10 min, and is a dead letter then", async () => {
		const service = await tower.start();
		const message = await tower.rangUnreadably();
		await tower.bus.publish([message]);

		for (const [index, waitMs] of [1_000, 10_000, 60_000, 600_000].entries()) {
			const row = await tower.failedNote(message, index + 1);
			expect(row.isDead).toBe(false);
			expect(row.waitMs).toBeGreaterThan(waitMs - 900);
			expect(row.waitMs).toBeLessThanOrEqual(waitMs);
			await tower.makeDue(message);
			service.inboxWorker.wake();
		}
		expect(await tower.failedNote(message, 5)).toMatchObject({ isDead: true, isProcessed: false, hasMessage: true });
	});

	it("is left alone once it is a dead letter", async () => {
		const message = await tower.rangUnreadably();
		await acceptDeliveries(tower.database.db, [{ consumer: "bells.note", message }]);
		await tower.database.rows("update inbox set dead_at = now(), attempts = 5 where message_id = $1", [message.id]);
		await tower.start();
		const next = await tower.rang();
		await tower.bus.publish([next]);
		await tower.handled(next);

		expect(await tower.rows(message)).toMatchObject([{ attempts: 5 }]);
	});

	it.each([
		["its body breaks the contract", "bells.note", { data: { times: "three" } }, "bellId"],
		["no event of its name is read", "bells.note", { name: "bell.cracked" }, "bell.cracked, which bells.note does not"],
		["its consumer is gone", "bells.gone", {}, "There is no consumer bells.gone any more"],
	])("says why: %s", async (_what, consumer, given, why) => {
		const message = { ...(await tower.rang()), ...given };
		await acceptDeliveries(tower.database.db, [{ consumer, message }]);
		await tower.start();
		const failed = await until(async () => (await tower.rows(message)).find(({ attempts }) => attempts === 1));

		expect(failed.lastError).toContain(why);
	});
});
