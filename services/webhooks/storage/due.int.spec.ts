import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { purge } from "../../../mixins/sql/purge.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { register, revise } from "../domain/endpoint.ts";
import { findDelivery } from "./deliveries.ts";
import { AT_ONCE_FOR_ONE, settle, takeDue } from "./due.ts";
import { findEndpoint, insertEndpoint, lockEndpoint, removeEndpoint, saveEndpoint } from "./endpoints.ts";
import { PURGE_EVENTS, PURGE_REMOVED, PURGE_REMOVED_DELIVERIES, queueEvents } from "./events.ts";

const EXPIRE = statement("spec.expire", "update deliveries set next_attempt_at = now(), taken_until = now()");
const FAILING = statement("spec.failing", "update endpoints set failing_since = now() where id = $1");
const OFF = statement("spec.off", "update endpoints set is_active = false, disabled_reason = 'gone' where id = $1");
const CLEAR = statement("spec.clear", "truncate endpoints, events cascade");
const AGE = statement("spec.age", "update events set received_at = now() - interval '31 days' where id = $1");
const COUNTS = statement(
	"spec.counts",
	`select (select count(*)::int from endpoints) as endpoints, (select count(*)::int from events) as events,
		(select count(*)::int from deliveries) as deliveries, (select count(*)::int from attempts) as attempts`,
);

const NOW = new Date();
const attempt = { at: NOW, durationMs: 5, statusCode: 200, error: null, responseExcerpt: "ok" };
const delivered = { status: "delivered", retryAfterMs: null, isWell: true, disables: null } as const;
const failed = { status: "pending", retryAfterMs: 60_000, isWell: false, disables: null } as const;
const gone = { status: "failed", retryAfterMs: null, isWell: false, disables: "gone" } as const;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
	database = await freshDatabase("webhooks");
	db = openDatabase({ url: database.url, applicationName: "spec" });
});
afterEach(() => db.query(CLEAR));
afterAll(async () => {
	await db.close();
	await database.drop();
});

async function endpoint(): Promise<string> {
	const made = register(randomUUID(), { url: "https://shop.example/", events: ["*"] }, NOW);
	await insertEndpoint(db, made, Buffer.from("sealed"));
	return made.id;
}

async function queued(endpoints: readonly string[], count = 1): Promise<string[]> {
	const ids = Array.from({ length: count }, () => randomUUID());
	for (const id of ids) {
		const event = { id, type: "order.created", aggregateId: "o-1", payload: "{}" };
		const deliveries = endpoints.map((endpointId) => ({ id: randomUUID(), endpointId, eventId: id }));
		await queueEvents(db, [event], deliveries);
	}
	return ids;
}

describe("taking what is due", () => {
	it("gives one endpoint no more than its share, however much waits for it", async () => {
		const [busy, other] = [await endpoint(), await endpoint()];
		await queued([busy], 10);
		await queued([other]);
		const taken = await takeDue(db, 64);

		expect(taken.filter(({ endpointId }) => endpointId === busy)).toHaveLength(AT_ONCE_FOR_ONE);
		expect(taken.filter(({ endpointId }) => endpointId === other)).toHaveLength(1);
		expect(await takeDue(db, 64)).toEqual([]);
		await settle(
			db,
			taken.find(({ endpointId }) => endpointId === busy)!,
			delivered,
			attempt,
		);
		expect(await takeDue(db, 64)).toHaveLength(1);
	});

	it("gives an endpoint that failed last one attempt at a time", async () => {
		const id = await endpoint();
		await queued([id], 3);
		await db.query(FAILING, [id]);

		expect(await takeDue(db, 64)).toHaveLength(1);
		expect(await takeDue(db, 64)).toEqual([]);
	});

	it("passes over an endpoint that somebody else has just taken or changes, and waits for nobody", async () => {
		const [held, free] = [await endpoint(), await endpoint()];
		await queued([held, free]);

		await db.transaction(async (tx) => {
			await lockEndpoint(tx, held);
			expect((await takeDue(db, 64)).map(({ endpointId }) => endpointId)).toEqual([free]);
		});
		expect((await takeDue(db, 64)).map(({ endpointId }) => endpointId)).toEqual([held]);
	});

	it("leaves alone what is for an endpoint that is disabled or removed", async () => {
		const [off, removed] = [await endpoint(), await endpoint()];
		await queued([off, removed]);
		await db.query(OFF, [off]);
		await removeEndpoint(db, removed, NOW);

		expect(await takeDue(db, 64)).toEqual([]);
	});

	it("takes as much as it was asked for, the oldest first", async () => {
		const id = await endpoint();
		const [oldest] = await queued([id], 3);

		expect((await takeDue(db, 1)).map(({ eventId }) => eventId)).toEqual([oldest]);
	});
});

describe("recording an attempt", () => {
	it("is refused to a node that was so slow that another has taken over", async () => {
		const id = await endpoint();
		await queued([id]);
		const [slow] = await takeDue(db, 1);
		await db.query(EXPIRE);
		const [quick] = await takeDue(db, 1);
		expect(quick).toMatchObject({ id: slow?.id, attempts: 2, tries: 2 });

		await settle(db, slow!, failed, { ...attempt, statusCode: 500 });
		expect(await findDelivery(db, slow!.id, id)).toMatchObject({ status: "pending" });
		await settle(db, quick!, delivered, attempt);
		expect(await findDelivery(db, slow!.id, id)).toMatchObject({
			status: "delivered",
			attempts: 2,
			nextAttemptAt: null,
		});
		expect(await db.query(COUNTS)).toMatchObject([{ attempts: 1 }]);
	});

	it("tells who disabled the endpoint, and only him", async () => {
		const id = await endpoint();
		await queued([id], 2);
		const [first, second] = await takeDue(db, 2);

		expect(await settle(db, first!, gone, attempt)).toBe(true);
		expect(await settle(db, second!, gone, attempt)).toBe(false);
	});

	it.each([failed, gone])("says nothing of an endpoint that was changed since: %o", async (verdict) => {
		const id = await endpoint();
		await queued([id]);
		const [taken] = await takeDue(db, 1);
		const occasion = { expectedVersion: undefined, now: NOW };
		await saveEndpoint(db, revise((await findEndpoint(db, id))!, { url: "https://new.example/" }, occasion));

		expect(await settle(db, taken!, verdict, attempt)).toBe(false);
		expect(await findEndpoint(db, id)).toMatchObject({ isActive: true, failingSince: null, version: 2 });
		expect(await findDelivery(db, taken!.id, id)).toMatchObject({ status: verdict.status });
	});
});

describe("forgetting", () => {
	it("takes an event of 30 days with its deliveries and attempts, and no younger one", async () => {
		const id = await endpoint();
		const [old] = await queued([id], 2);
		for (const taken of await takeDue(db, 2)) await settle(db, taken, delivered, attempt);
		await db.query(AGE, [old]);
		await purge(db, PURGE_EVENTS);

		expect(await db.query(COUNTS)).toEqual([{ endpoints: 1, events: 1, deliveries: 1, attempts: 1 }]);
	});

	it("takes a removed endpoint once nothing of it is left, and its secret at once", async () => {
		const [kept, removed] = [await endpoint(), await endpoint()];
		await queued([kept, removed]);
		await removeEndpoint(db, removed, NOW);
		await purge(db, PURGE_REMOVED);
		expect(await db.query(COUNTS)).toMatchObject([{ endpoints: 2 }]);

		await purge(db, PURGE_REMOVED_DELIVERIES);
		await purge(db, PURGE_REMOVED);
		expect(await db.query(COUNTS)).toEqual([{ endpoints: 1, events: 1, deliveries: 1, attempts: 0 }]);
	});
});
