import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { settle } from "../domain/attempt.ts";
import { enqueue, saveSettlements, takeDue } from "./notification-logs.ts";

const EXPIRE = statement("spec.expire", "update notification_logs set next_attempt_at = now()");
const STATUS = statement<{ status: string }>("spec.status", "select status from notification_logs where id = $1");
const FACTS = statement("spec.outbox", "select 1 from outbox where aggregate_id = $1");

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

async function queued(): Promise<string> {
	const id = randomUUID();
	const about = { userId: randomUUID(), template: "welcome", variables: {}, dedupeKey: `welcome:${id}` };
	await enqueue(db, { ...about, id, correlationId: null, causationId: "m-1" });
	return id;
}

describe("taking what is due", () => {
	it("passes over what another sender is just taking, and waits for nobody", async () => {
		const ids = [await queued(), await queued()];

		await db.transaction(async (tx) => {
			const [first] = await takeDue(tx, 1);
			const rest = await takeDue(db, 5);
			expect([first, ...rest].map((taken) => taken?.id).sort()).toEqual(ids.sort());
		});
	});
});

describe("recording an attempt", () => {
	it("is refused to a sender that was so slow that another has taken over", async () => {
		const id = await queued();
		const [slow] = await takeDue(db, 1);
		await db.query(EXPIRE);
		const [other] = (await takeDue(db, 10)).filter((taken) => taken.id === id);

		const now = new Date();
		await saveSettlements(db, [settle(slow!, { outcome: "refused", reason: "SMTP_550", detail: "" }, now)], randomUUID);
		expect(await db.query(STATUS, [id])).toEqual([{ status: "queued" }]);
		await saveSettlements(db, [settle(other!, { outcome: "sent" }, now)], randomUUID);
		expect(await db.query(STATUS, [id])).toEqual([{ status: "sent" }]);
		expect(await db.query(FACTS, [id])).toHaveLength(1);
	});
});
