import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { settle } from "../domain/attempt.ts";
import type { Attempt, Taken } from "../domain/attempt.ts";
import { enqueue, saveSettlements, takeDue } from "./queue.ts";
import type { NewNotification } from "./queue.ts";

const EXPIRE = statement("spec.expire", "update notification_logs set next_attempt_at = now()");
const STATUS = statement<{ status: string; recipient: string | null }>(
	"spec.status",
	"select status, recipient from notification_logs where id = $1",
);
const FACTS = statement("spec.outbox", "select 1 from outbox where aggregate_id = $1");
const CLEAR = statement("spec.clear", "delete from notification_logs");

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
	database = await freshDatabase("notifications");
	db = openDatabase({ url: database.url, applicationName: "spec" });
});
afterAll(async () => {
	await db.close();
	await database.drop();
});

function wanted(about: Partial<NewNotification> = {}): NewNotification {
	const id = randomUUID();
	const fixed = { channel: "email", template: "welcome", variables: {}, recipient: null } as const;
	const rest = { isOptional: false, isTest: false, locale: null, correlationId: null, causationId: "m-1" };
	return { ...fixed, ...rest, id, userId: randomUUID(), recipientKey: id, dedupeKey: `welcome:${id}`, ...about };
}

async function queued(about?: Partial<NewNotification>): Promise<string> {
	const row = wanted(about);
	await enqueue(db, [row]);
	return row.id;
}

const written = { locale: "en", templateVersion: 1, recipientHash: "f00" } as const;
const sent = { outcome: "sent", provider: "smtp", reference: null, ...written } as const;
const record = (taken: Taken, attempt: Attempt) =>
	saveSettlements(db, [settle(taken, attempt, new Date(), 0.5)], randomUUID);

describe("queueing", () => {
	it("keeps one for each event, recipient and channel", async () => {
		await db.query(CLEAR);
		const event = { dedupeKey: "order-confirmed:o-1", recipientKey: "u-1" };
		await enqueue(db, [
			wanted(event),
			wanted(event),
			wanted({ ...event, channel: "push" }),
			wanted({ ...event, recipientKey: "u-2" }),
			wanted({ ...event, channel: "push", recipientKey: "u-3", isOptional: true }),
		]);
		expect(await takeDue(db, "email", 10)).toHaveLength(2);
		expect(await takeDue(db, "push", 10)).toHaveLength(1);
	});
});

describe("taking what is due", () => {
	it("passes over what another sender is just taking, and waits for nobody", async () => {
		await db.query(CLEAR);
		const ids = [await queued(), await queued()];

		await db.transaction(async (tx) => {
			const [first] = await takeDue(tx, "email", 1);
			const rest = await takeDue(db, "email", 5);
			expect([first, ...rest].map((taken) => taken?.id).sort()).toEqual(ids.sort());
		});
	});

	it("gives each notification to one sender only", async () => {
		await db.query(CLEAR);
		const ids = await Promise.all(Array.from({ length: 60 }, () => queued()));
		const taken = await Promise.all(Array.from({ length: 20 }, () => takeDue(db, "email", 5)));
		expect(
			taken
				.flat()
				.map(({ id }) => id)
				.sort(),
		).toEqual(ids.sort());
	});
});

describe("recording an attempt", () => {
	it("is refused to a sender that was so slow that another has taken over", async () => {
		await db.query(CLEAR);
		const id = await queued();
		const [slow] = await takeDue(db, "email", 1);
		await db.query(EXPIRE);
		const [other] = await takeDue(db, "email", 10);

		await record(slow!, { outcome: "refused", reason: "SMTP_554", detail: "" });
		expect(await db.query(STATUS, [id])).toMatchObject([{ status: "queued" }]);
		await record(other!, sent);
		expect(await db.query(STATUS, [id])).toMatchObject([{ status: "sent" }]);
		expect(await db.query(FACTS, [id])).toHaveLength(1);
	});

	it("keeps an address that was named directly only as long as it is needed", async () => {
		await db.query(CLEAR);
		const id = await queued({ userId: null, recipient: "ada@example.com" });
		const [first] = await takeDue(db, "email", 1);
		await record(first!, { outcome: "deferred", reason: "RETRIES_EXHAUSTED", detail: "451" });
		expect(await db.query(STATUS, [id])).toEqual([{ status: "queued", recipient: "ada@example.com" }]);
		await db.query(EXPIRE);
		const [second] = await takeDue(db, "email", 1);
		await record(second!, sent);
		expect(await db.query(STATUS, [id])).toEqual([{ status: "sent", recipient: null }]);
	});
});
