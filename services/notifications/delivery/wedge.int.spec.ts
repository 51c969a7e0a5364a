import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import { freePort } from "../../../test/support/premises.ts";
import { until } from "../../../test/support/wait.ts";
import { SendSms } from "../../contracts/notifications.ts";
import { settle } from "../domain/attempt.ts";
import type { Taken } from "../domain/attempt.ts";
import { mailWanted, userCreated } from "../facts.fixture.ts";
import { as, startNotifications } from "../notifications.fixture.ts";
import type { RunningNotifications } from "../notifications.fixture.ts";
import { takeDue } from "../storage/queue.ts";
import { openMailServer } from "./mail-server.fixture.ts";
import type { MailServer } from "./mail-server.fixture.ts";
import { record } from "./record.ts";

const COUNT = statement<{ status: string; count: number; tries: number }>(
	"spec.count",
	`select status, count(*)::int as count, sum(attempts - postponed)::int as tries
	from notification_logs where channel = $1 group by status`,
);
const TRIED = statement("spec.tried", "update notification_logs set attempts = 5 where user_id = $1");
const TAKEN_BY_US = statement(
	"spec.taken",
	`insert into notification_logs (id, user_id, recipient_key, notification_type, channel, variables, dedupe_key,
		causation_id, attempts, next_attempt_at)
	select id, user_id, id, 'welcome', 'email', '{}', id, 'm-1', 1, 'infinity'
	from unnest($1::uuid[], $2::uuid[]) as given (id, user_id)`,
);

const RELEASE = statement("spec.release", "update notification_logs set attempts = 0, next_attempt_at = now()");

let home: string;
let server: MailServer;
let running: RunningNotifications;
/** Recipients whose mail the server never answers. */
let silent: Set<string>;

beforeEach(async () => {
	home = mkdtempSync(join(tmpdir(), "stoa-wedge-"));
	silent = new Set();
	server = await openMailServer({
		onRcptTo: ({ address }, _session, callback) => {
			if (!silent.has(address)) callback();
		},
	});
});
afterEach(async () => {
	await running.stop();
	await server.close();
	rmSync(home, { recursive: true });
});

const start = async (port = server.port) => {
	running = await startNotifications({ STOA_HOME: home, SMTP_HOST: "127.0.0.1", SMTP_PORT: String(port) });
};

/** How many notifications of a channel have each status, and the tries that were made. */
const counts = async (channel: string) =>
	new Map((await running.service.db.query(COUNT, [channel])).map((row) => [row.status, row]));
const sentBy = async (channel: string) => (await counts(channel)).get("sent")?.count ?? 0;

describe("pain 15: a queue of jobs wedges", () => {
	it("pain 15: mails that a server swallows without a word keep no other mail waiting", async () => {
		await start();
		const poisoned = Array.from({ length: 4 }, () => running.newUser());
		for (const userId of poisoned) silent.add(`${userId}@example.com`);
		const others = Array.from({ length: 60 }, () => running.newUser());
		await running.deliver(...[...poisoned, ...others].map(userCreated));

		await until(async () => (await sentBy("email")) === others.length, {
			timeoutMs: 10_000,
			what: "the others' mails",
		});
		expect((await counts("email")).get("queued")).toMatchObject({ count: poisoned.length, tries: poisoned.length });
		await server.close();
	});

	it("pain 15: notifications that cannot be written, or whose user cannot be asked for, fail alone", async () => {
		await start();
		const others = Array.from({ length: 20 }, () => running.newUser());
		const broken = Array.from({ length: 20 }, () =>
			mailWanted({ userId: running.newUser(), template: "order-confirmed", variables: { orderId: 1 } }),
		);
		const strangers = Array.from({ length: 20 }, () => userCreated(randomUUID()));
		await running.deliver(...broken, ...strangers, ...others.map(userCreated));

		await until(async () => (await counts("email")).get("failed")?.count === 40);
		await until(async () => (await sentBy("email")) === others.length);
	});

	it("pain 15: a dead mail server keeps no SMS waiting, and costs the mails next to no tries", async () => {
		await start(await freePort());
		const users = Array.from({ length: 60 }, (_, index) => running.newUser({ phone: `+4915100000${100 + index}` }));
		await running.deliver(...users.map(userCreated));
		const variables = { orderId: "o-1", amount: 1, currency: "EUR" };
		for (const userId of users) await running.ask(SendSms, { userId, template: "refund", variables }, as("admin"));

		await until(async () => (await sentBy("sms")) === users.length);
		await running.handled();
		const { count, tries } = (await counts("email")).get("queued")!;
		expect(count).toBe(users.length);
		expect(tries).toBeLessThanOrEqual(20);
	});

	it("pain 15: a notification that ends whoever sends it is given up after five", async () => {
		await start();
		const userId = running.newUser();
		silent.add(`${userId}@example.com`);
		await running.deliver(userCreated(userId));
		await until(async () => (await running.log(userId))[0]?.attempts === 1);
		await running.service.db.query(TRIED, [userId]);
		await running.hasten(userId);

		expect(await running.settled(userId, "failed", 6)).toMatchObject({ reason: "RETRIES_EXHAUSTED" });
		await server.close();
	});

	it("pain 15: an outcome that the database will not have is left behind, the others are recorded", async () => {
		await start(await freePort());
		const users = [running.newUser(), running.newUser(), running.newUser()];
		const taken = users.map((userId) => ({ userId, id: randomUUID() }));
		await running.service.db.query(TAKEN_BY_US, [taken.map(({ id }) => id), users]);
		const settlements = taken.map(({ id, userId }, index) => {
			const notification = { ...TAKEN, id, userId };
			const detail = index === 1 ? "a NUL: \0" : "refused";
			return settle(notification, { outcome: "refused", reason: "SMTP_554", detail }, new Date(), 0.5);
		});
		await record(running.service, settlements);

		const statuses = await Promise.all(users.map(async (userId) => (await running.log(userId))[0]?.status));
		expect(statuses).toEqual(["failed", "queued", "failed"]);
	});
});

const TAKEN: Omit<Taken, "id" | "userId"> = {
	...{ recipient: null, template: "welcome", channel: "email", variables: {}, isTest: false, locale: null },
	...{ attempts: 1, postponed: 0, correlationId: null, causationId: "m-1" },
};

describe("many mails", () => {
	it("go out side by side, over a bounded number of connections", async () => {
		let most = 0;
		let open = 0;
		await server.close();
		server = await openMailServer({
			onConnect(_session, callback) {
				most = Math.max(most, (open += 1));
				callback();
			},
			onClose: () => void (open -= 1),
		});
		await start();
		const users = Array.from({ length: 400 }, () => running.newUser());
		await running.service.db.query(TAKEN_BY_US, [users.map(() => randomUUID()), users]);
		await running.service.db.query(RELEASE);
		running.service.wakeLanes();
		await until(async () => (await sentBy("email")) === users.length, { timeoutMs: 30_000, everyMs: 50 });

		expect(most).toBeGreaterThan(1);
		expect(most).toBeLessThanOrEqual(10);
		expect(await takeDue(running.service.db, "email", 1)).toEqual([]);
	});
});
