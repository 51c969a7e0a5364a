import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { v7 as uuidv7 } from "uuid";
import { Worker } from "../../../mixins/events/worker.ts";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { freshDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { until } from "../../../test/support/wait.ts";
import { open } from "../domain/account.ts";
import type { ActivityType } from "../domain/activity.ts";
import { newRefreshToken } from "../tokens/refresh-token.ts";
import { accountRepository } from "./account.repository.ts";
import { findSessions, openSession, forgetEnded, rotateRefreshToken, userOfSession } from "./sessions.ts";

const DAY_MS = 24 * 60 * 60_000;
const start = new Date("2026-01-01T00:00:00Z");
const after = (days: number): Date => new Date(start.getTime() + days * DAY_MS);

const LOCK = statement("spec.lock", "select 1 from refresh_tokens where hash = $1 for update");
const WAITING = statement<{ count: number }>(
	"spec.waiting",
	"select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
);
const LEFT = statement<{ sessions: number; tokens: number }>(
	"spec.left",
	"select (select count(*)::int from sessions) as sessions, (select count(*)::int from refresh_tokens) as tokens",
);
const RESET = statement("spec.reset", "update users set password_hash = 'another' where id = $1");
/** Makes a moment of the spec the present. */
const AS_IF = statement(
	"spec.as if",
	`with moved as (update sessions set last_used_at = last_used_at + (now() - $1::timestamptz))
	update refresh_tokens set expires_at = expires_at + (now() - $1::timestamptz)`,
);
const CROWD = statement(
	"spec.crowd",
	`insert into refresh_tokens (hash, session_id, expires_at)
	select n::text, $1, now() - interval '1 s' from generate_series(1, 2500) as n`,
);
const CLOSE = statement("spec.close", "update users set is_active = false where id = $1");
const CLEAR = statement("spec.clear", "truncate users cascade");
const NOTED = statement<{ type: string }>("spec.noted", "select activity_type as type from user_activities");
const ALL = { afterId: null, limit: 10, offset: 0, isCounted: true };

let database: TestDatabase;
let db: Database;
let userId = "";
let sessionId = "";
let first = newRefreshToken(start);

beforeAll(async () => {
	database = await freshDatabase("users");
	db = openDatabase({ url: database.url, applicationName: "spec" });
});

afterAll(async () => {
	await db.close();
	await database.drop();
});

beforeEach(async () => {
	await db.query(CLEAR);
	[userId, sessionId, first] = [uuidv7(), uuidv7(), newRefreshToken(start)];
	const decision = open(userId, "customer", { email: "ada@example.com" }, start);
	const session = { id: sessionId, address: null, userAgent: null, openedAt: start, refresh: first.stored };
	const rider = { at: start, passwordHash: "none", session };
	await accountRepository.save(db, { before: undefined, decision, outbox: "[]", rider });
});

const activity = (type: ActivityType, at: Date) => ({
	...{ id: uuidv7(), type, data: {}, at },
	...{ address: "192.0.2.1", userAgent: null },
});

const isOpen = async () => (await userOfSession(db, sessionId)) !== undefined;

async function rotate(hash: string, now = after(1)) {
	const next = newRefreshToken(now);
	const reuse = activity("SESSIONS_ENDED", now);
	return { next: next.stored.hash, principal: await rotateRefreshToken(db, hash, next.stored, reuse) };
}

describe("rotating refresh tokens", () => {
	it("gives the next token of the same session", async () => {
		const { next, principal } = await rotate(first.stored.hash);

		expect(principal).toEqual({ userId, sessionId, role: "customer" });
		expect((await rotate(next)).principal).toEqual(principal);
	});

	it("ends the session when a token comes a second time, with the tokens that followed from it", async () => {
		const { next } = await rotate(first.stored.hash);

		expect((await rotate(first.stored.hash)).principal).toBeUndefined();
		expect(await isOpen()).toBe(false);
		expect((await rotate(next)).principal).toBeUndefined();
		expect(await db.query(NOTED)).toEqual([{ type: "SESSIONS_ENDED" }]);
	});

	it("lets exactly one of two simultaneous uses win, and the winner's session lives", async () => {
		let racing: ReturnType<typeof rotate>[] = [];
		await db.transaction(async (tx) => {
			await tx.query(LOCK, [first.stored.hash]);
			racing = [rotate(first.stored.hash), rotate(first.stored.hash)];
			await until(async () => (await db.query(WAITING))[0]?.count === 2, { what: "both to be under way" });
		});
		const winners = (await Promise.all(racing)).filter(({ principal }) => principal !== undefined);

		expect(winners).toHaveLength(1);
		expect(await isOpen()).toBe(true);
		expect((await rotate(winners[0]!.next)).principal).toBeDefined();
	});

	it("refuses an expired token without ending anything", async () => {
		expect((await rotate(first.stored.hash, after(30))).principal).toBeUndefined();
		expect(await isOpen()).toBe(true);
	});

	it("refuses the token of a closed account, and one nobody issued", async () => {
		await db.query(CLOSE, [userId]);

		expect((await rotate(first.stored.hash)).principal).toBeUndefined();
		expect((await rotate("unknown")).principal).toBeUndefined();
	});
});

describe("sessions", () => {
	const another = () => {
		const refresh = newRefreshToken(start).stored;
		const session = { id: uuidv7(), address: null, userAgent: null, openedAt: start, refresh };
		return openSession(db, { userId, passwordHash: "none" }, session, activity("LOGGED_IN", start));
	};

	it("are opened by the password that was verified", async () => {
		expect(await another()).toBe(true);
		expect(await db.query(LEFT)).toEqual([{ sessions: 2, tokens: 2 }]);
	});

	it.each([
		["closed account", CLOSE],
		["password that is another one meanwhile", RESET],
	])("are not opened for a %s, committed before or at this moment", async (_what, ending) => {
		let racing: Promise<boolean> | undefined;
		await db.transaction(async (tx) => {
			await tx.query(ending, [userId]);
			racing = another();
			await until(async () => (await db.query(WAITING))[0]?.count === 1, { what: "the login to wait" });
		});

		expect([await racing, await another()]).toEqual([false, false]);
		expect(await db.query(LEFT)).toEqual([{ sessions: 1, tokens: 1 }]);
	});

	it("are listed for 30 days after their last use and then forgotten", async () => {
		await rotate(first.stored.hash, after(20));

		const listed = [{ id: sessionId, lastUsedAt: after(20) }];
		expect(await findSessions(db, userId, after(49), ALL)).toMatchObject({ rows: listed, total: 1 });
		expect(await findSessions(db, userId, after(50), ALL)).toEqual({ rows: [], total: 0 });
	});

	it.each([
		[29, { sessions: 1, tokens: 2 }],
		[31, { sessions: 1, tokens: 1 }],
		[51, { sessions: 0, tokens: 0 }],
	])("are purged with their tokens, a used token not before it expires: day %i", async (day, left) => {
		await rotate(first.stored.hash, after(20));
		await db.query(AS_IF, [after(day)]);
		await forgetEnded(db);

		expect(await db.query(LEFT)).toEqual([left]);
	});

	it("are purged at one turn, however many batches there are", async () => {
		await db.query(AS_IF, [after(1)]);
		await db.query(CROWD, [sessionId]);
		const turn = new Worker(
			() => forgetEnded(db),
			10 * 60_000,
			() => undefined,
		);
		turn.start();
		const gone = until(async () => (await db.query(LEFT))[0]?.tokens === 1, { what: "all batches to be gone" });

		await expect(gone.finally(() => turn.stop())).resolves.toBe(true);
	});
});
