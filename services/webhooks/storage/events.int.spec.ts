import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { until } from "../../../test/support/wait.ts";
import { eraseUserFrom, queueEvents, withoutErased } from "./events.ts";

const EVENTS = statement("spec.events", "select 1 from events");
const WAITING = statement(
	"spec.waiting",
	`select 1 from pg_locks where not granted
		and database = (select oid from pg_database where datname = current_database())`,
);

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
	database = await freshDatabase("webhooks");
	db = openDatabase({ url: database.url, applicationName: "spec" });
});
afterAll(async () => {
	await db.close();
	await database.drop();
});

const created = (userId: string) => ({ name: "user.created", aggregateId: userId });

describe("an erasure", () => {
	it("removes also what a consumer stores that looked before it began", async () => {
		const userId = randomUUID();
		const { erasing } = await db.transaction(async (tx) => {
			expect(await withoutErased(tx, [created(userId)])).toHaveLength(1);
			const erasing = eraseUserFrom(db, userId);
			await until(async () => (await db.query(WAITING)).length === 1, { what: "an erasure that waits" });
			const event = { id: randomUUID(), type: "user.created", aggregateId: userId, payload: "{}" };
			await queueEvents(tx, [event], []);
			return { erasing };
		});
		await erasing;

		expect(await db.query(EVENTS)).toEqual([]);
	});

	it("leaves out the facts of this user only, and those that name nobody never", async () => {
		const [userId, otherId] = [randomUUID(), randomUUID()];
		await eraseUserFrom(db, userId);
		const left = [created(otherId), { name: "user.deleted", aggregateId: userId }];

		const kept = await db.transaction((tx) => withoutErased(tx, [created(userId), ...left]));
		expect(kept).toEqual(left);
	});
});
