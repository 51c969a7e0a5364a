import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { openDatabase, statement } from "../../mixins/sql/database.ts";
import type { Database } from "../../mixins/sql/database.ts";
import { freshDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { undelivered } from "./audits.ts";

const INSERT = statement(
	"spec.insert",
	`insert into notification_logs (id, user_id, recipient_key, notification_type, channel, variables, dedupe_key,
		causation_id, status, next_attempt_at)
	select gen_random_uuid(), gen_random_uuid(), 'r', 'welcome', channel, '{}', gen_random_uuid(), 'm-1', status,
		now() - age::interval
	from (values ('email', 'queued', '6 min'), ('email', 'queued', '1 h'), ('email', 'sent', '1 h'), ('sms', 'queued', '4 min'))
		as given (channel, status, age)`,
);

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

describe("the audit of what is due", () => {
	const findings = async () => (await undelivered.chunk({}, { db, settledBefore: new Date() }, null)).findings;

	it("finds the channels in which nobody sends for minutes", async () => {
		expect(await findings()).toEqual([]);
		await db.query(INSERT);
		expect(await findings()).toEqual([
			{
				kind: "notifications-stuck",
				subject: "channel email",
				since: expect.stringMatching(/^\d{4}-.*Z$/),
				detail: "2 notifications are due and nobody sends them",
			},
		]);
	});
});
