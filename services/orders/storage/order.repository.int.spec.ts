import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Database } from "../../../mixins/sql/database.ts";
import { unchanged } from "../domain/decision.ts";
import { cancel, move } from "../domain/move.ts";
import { replayed } from "../domain/order.ts";
import type { Order } from "../domain/order.ts";
import { confirm, recordCapture } from "../domain/pay.ts";
import { recordRefund } from "../domain/refund.ts";
import {
	counting,
	factsOf,
	newOrder,
	openOrderStore,
	operationNamed,
	riderOf,
	save,
	sagaOf,
	stored,
	traces,
} from "./order-store.fixture.ts";
import type { OrderStore } from "./order-store.fixture.ts";
import { findOrder } from "./order.queries.ts";
import { orderRepository } from "./order.repository.ts";

let store: OrderStore;
let db: Database;
beforeAll(async () => {
	store = await openOrderStore();
	db = store.db;
});
afterAll(() => store.close());

const now = () => new Date().toISOString();
const found = async (id: string) => (await findOrder(db, id, null))?.order;
const confirmed = (order: Order) => confirm(order, order.paymentId ?? "", now());
const operation = () => ({ key: randomUUID(), fingerprint: "body" });

describe("storing a new order", () => {
	it("writes the order, its lines, addresses and events, its saga and the claim on its key in one statement", async () => {
		const decision = newOrder();
		const { state } = decision;
		const { tx, names } = counting(db);
		const claimed = operation();

		await expect(save(tx, undefined, decision, riderOf(decision, claimed))).resolves.toBe(true);
		expect(names).toEqual(["orders.insert"]);
		expect(await found(state.id)).toEqual(state);
		expect(await operationNamed(db, claimed.key)).toEqual({ fingerprint: "body", status: null, body: null });
		expect(await traces(db, state.id)).toMatchObject({
			events: [
				{ version: 1, type: "placed" },
				{ version: 2, type: "paymentStarted" },
			],
			sagas: [{ type: "checkout", state: "running", owner: "node-a", fence: "1" }],
			announced: [],
		});
	});

	it("stores nothing when its key was claimed before", async () => {
		const claimed = operation();
		const first = newOrder();
		const second = newOrder();
		await save(db, undefined, first, riderOf(first, claimed));

		await expect(save(db, undefined, second, riderOf(second, claimed))).resolves.toBe(false);
		expect(await found(second.state.id)).toBeUndefined();
		expect(await traces(db, second.state.id)).toEqual({ events: [], sagas: [], announced: [] });
	});

	it("stores one of many orders that claim the same key at once", async () => {
		const claimed = operation();
		const orders = Array.from({ length: 10 }, () => newOrder());

		const applied = await Promise.all(orders.map((each) => save(db, undefined, each, riderOf(each, claimed))));
		expect(applied.filter(Boolean)).toHaveLength(1);
	});

	it("stores every order that claims nothing", async () => {
		const [first, second] = [newOrder(), newOrder()];

		await expect(save(db, undefined, first, riderOf(first))).resolves.toBe(true);
		await expect(save(db, undefined, second, riderOf(second))).resolves.toBe(true);
	});

	it("demands the addresses", async () => {
		await expect(save(db, undefined, newOrder())).rejects.toThrow("addresses");
	});
});

describe("storing a change", () => {
	it("writes the new state, its event and what others are told in one statement", async () => {
		const { order } = await stored(db);
		const decision = confirmed(order);
		const { tx, names } = counting(db);

		await expect(save(tx, order, decision)).resolves.toBe(true);
		expect(names).toEqual(["orders.update"]);
		expect(await found(order.id)).toEqual(decision.state);
		expect(await traces(db, order.id)).toMatchObject({
			events: [{ version: 1 }, { version: 2 }, { version: 3, type: "confirmed" }],
			announced: [{ name: "order.created", sequence: 1, correlation_id: "request", causation_id: "cause" }],
		});
	});

	it("stores nothing on a version that is no longer current", async () => {
		const { order } = await stored(db);
		await save(db, order, confirmed(order));
		const before = await traces(db, order.id);

		await expect(save(db, order, cancel(order, now()))).resolves.toBe(false);
		expect(await found(order.id)).toMatchObject({ status: "confirmed", version: 3 });
		expect(await traces(db, order.id)).toEqual(before);
	});

	it("stores one of two changes of the same version that race", async () => {
		const { order } = await stored(db);
		const changes = [confirmed(order), cancel(order, now())];

		const applied = await Promise.all(changes.map((change) => save(db, order, change)));
		expect([...applied].sort()).toEqual([false, true]);
		expect((await traces(db, order.id)).events).toHaveLength(3);
	});

	it("numbers events and announcements without gaps, and replayed they give the stored order", async () => {
		const { order } = await stored(db);
		const payment = order.paymentId ?? "";
		let state = order;
		for (const decide of [
			(each: Order) => confirm(each, payment, now()),
			(each: Order) => recordCapture(each, payment, now()),
			(each: Order) => move(each, "processing", randomUUID(), now()),
			(each: Order) => recordRefund(each, { paymentId: payment, amountCents: 333 }, now()),
			(each: Order) => cancel(each, now()),
		]) {
			const decision = decide(state);
			await save(db, state, decision);
			state = decision.state;
		}

		const { events, announced } = await traces(db, order.id);
		expect(events.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6, 7]);
		expect(announced.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
		expect(replayed(order.id, factsOf(events))).toEqual(await found(order.id));
	});

	it("starts the saga that follows from the change", async () => {
		const { order } = await stored(db);
		const decision = cancel(order, now());

		await save(db, order, decision, { start: sagaOf(decision.state, "node-b") });
		expect((await traces(db, order.id)).sagas).toMatchObject([{ owner: "node-a" }, { owner: "node-b", fence: "1" }]);
	});
});

describe("a change that belongs to a saga", () => {
	it("moves the saga on and stores the answer of its operation", async () => {
		const claimed = operation();
		const decision = newOrder();
		const rider = riderOf(decision, claimed);
		await save(db, undefined, decision, rider);
		const order = decision.state;
		const saga = { id: rider.start!.saga.id, fence: 1, next: "done" } as const;

		const answer = { key: claimed.key, status: 201, body: "{}" };
		await expect(save(db, order, confirmed(order), { saga, answer })).resolves.toBe(true);
		expect((await traces(db, order.id)).sagas).toMatchObject([{ state: "done" }]);
		expect(await operationNamed(db, claimed.key)).toMatchObject({ status: 201, body: "{}" });
	});

	it("leaves the saga where it is when told so", async () => {
		const { order, sagaId } = await stored(db);

		await save(db, order, confirmed(order), { saga: { id: sagaId, fence: 1, next: null } });
		expect((await traces(db, order.id)).sagas).toMatchObject([{ state: "running" }]);
	});

	it("keeps the first answer", async () => {
		const claimed = operation();
		const decision = newOrder();
		await save(db, undefined, decision, riderOf(decision, claimed));
		const answered = (before: Order, body: string) =>
			save(db, before, unchanged(before), { answer: { key: claimed.key, status: 201, body } });

		await answered(decision.state, "first");
		await answered(decision.state, "second");
		expect(await operationNamed(db, claimed.key)).toMatchObject({ body: "first" });
	});

	it.each([
		["another owner took the saga over", "update sagas set fence = 2"],
		["the saga is done", "update sagas set state = 'done'"],
	])("writes nothing at all when %s", async (_, takenOver) => {
		const claimed = operation();
		const decision = newOrder();
		const rider = riderOf(decision, claimed);
		await save(db, undefined, decision, rider);
		const order = decision.state;
		const { id } = rider.start!.saga;
		await db.query({ name: `spec.${takenOver}`, text: `${takenOver} where id = $1` }, [id]);
		const before = await traces(db, order.id);

		const stale = { id, fence: 1, next: "done" } as const;
		const answer = { key: claimed.key, status: 201, body: "{}" };
		const start = sagaOf(order);
		await expect(save(db, order, confirmed(order), { saga: stale, answer, start })).resolves.toBe(false);
		expect(await found(order.id)).toEqual(order);
		expect(await traces(db, order.id)).toEqual(before);
		expect(await operationNamed(db, claimed.key)).toMatchObject({ status: null });
	});
});

describe("locking an order", () => {
	it("reads it, and finds none under an unknown id", async () => {
		const { order } = await stored(db);

		await expect(orderRepository.lock(db, order.id)).resolves.toEqual(order);
		await expect(orderRepository.lock(db, randomUUID())).resolves.toBeUndefined();
		expect(orderRepository.missing(order.id)).toMatchObject({ type: "ORDER_NOT_FOUND" });
	});

	it("holds it until the transaction ends", async () => {
		const { order } = await stored(db);
		const decision = confirmed(order);
		const holding = db.transaction(async (tx) => {
			await orderRepository.lock(tx, order.id);
			const changing = save(db, order, cancel(order, now()));
			await save(tx, order, decision);
			return { changing };
		});

		await expect((await holding).changing).resolves.toBe(false);
		expect(await found(order.id)).toEqual(decision.state);
	});
});
