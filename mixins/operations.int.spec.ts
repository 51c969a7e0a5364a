import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { Context, ServiceBroker } from "moleculer";
import { randomUUID } from "node:crypto";
import type { Meta, Operation } from "../services/contracts/meta.ts";
import { countersDatabase } from "./counters.fixture.ts";
import type { CountersDatabase } from "./counters.fixture.ts";
import { claim, complete, forgetAnswers, once, operationOf, replayOf } from "./operations.ts";
import { openDatabase, statement } from "./sql/database.ts";
import type { Database, Queryable } from "./sql/database.ts";

const EFFECT = statement("spec.effect", "insert into tickets (id, note) values ($1, 'effect')");

describe("a command with an Idempotency-Key", () => {
	let database: CountersDatabase;
	let db: Database;
	let key = "";

	beforeAll(async () => {
		database = await countersDatabase();
		db = openDatabase({ url: database.url, applicationName: "spec" });
	});
	beforeEach(() => void (key = randomUUID()));
	afterAll(async () => {
		await db.close();
		await database.close();
	});

	const broker = new ServiceBroker({ logger: false });
	const contextOf = (operation: Operation) =>
		Object.assign(new Context<unknown, Meta>(broker), { meta: { operation } });
	const request = (fingerprint = "body") => contextOf({ key, fingerprint, deadlineMs: 0 });
	const operation = (fingerprint?: string) => operationOf(request(fingerprint))!;
	const effects = async () => (await database.rows("select id from tickets where id like $1", [`${key}%`])).length;
	/** A command whose second effect would show, since each answer is new. */
	const command = async (tx: Queryable) => {
		const id = `${key}${randomUUID()}`;
		await tx.query(EFFECT, [id]);
		return { id };
	};

	it("takes effect once for 50 at the same time, which all get the same answer", async () => {
		const requests = Array.from({ length: 50 }, () => request());
		const answers = await Promise.all(requests.map((ctx) => once(db, ctx, 201, command)));

		expect(await effects()).toBe(1);
		expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
		expect(requests.filter(({ meta }) => meta.$replay !== undefined)).toHaveLength(49);
	});

	it("answers a repetition with the first answer's value, status and bytes", async () => {
		const first = await once(db, request(), 201, command);
		const repeated = request();

		expect(await once(db, repeated, 201, command)).toEqual(first);
		expect(repeated.meta.$replay).toEqual({ key, status: 201, body: JSON.stringify(first) });
	});

	it("does not mark the first answer as a replay", async () => {
		const ctx = request();
		await once(db, ctx, 201, command);

		expect(ctx.meta.$replay).toBeUndefined();
	});

	it("replays an answer without a body", async () => {
		await once(db, request(), 204, async () => null);

		expect(await once(db, request(), 204, async () => null)).toBeNull();
	});

	it("refuses the key with another body, and changes nothing", async () => {
		await once(db, request(), 201, command);

		await expect(once(db, request("other"), 201, command)).rejects.toMatchObject({
			type: "IDEMPOTENCY_KEY_REUSED",
			code: 422,
		});
		expect(await effects()).toBe(1);
	});

	it("refuses the key while its first request has no answer yet", async () => {
		await claim(db, operation());

		await expect(once(db, request(), 201, command)).rejects.toMatchObject({
			type: "IDEMPOTENCY_KEY_IN_USE",
			code: 409,
			data: { retryAfterSeconds: 1 },
		});
		await expect(replayOf(db, operation("other"))).rejects.toMatchObject({ type: "IDEMPOTENCY_KEY_REUSED" });
	});

	it("frees the key when the first attempt is rolled back", async () => {
		const failing = async (tx: Queryable) => {
			await command(tx);
			throw new Error("a fault after the effect");
		};

		await expect(once(db, request(), 201, failing)).rejects.toThrow("a fault after the effect");
		await once(db, request("corrected"), 201, command);
		expect(await effects()).toBe(1);
	});

	it("keeps the first answer when another is stored later", async () => {
		await claim(db, operation());
		await complete(db, key, 201, "first");
		await complete(db, key, 409, "second");

		expect(await replayOf(db, operation())).toEqual({ key, status: 201, body: "first" });
	});

	it("is each request its own without a key", async () => {
		const ctx = contextOf({ deadlineMs: 0 });
		await once(db, ctx, 201, command);
		await once(db, ctx, 201, command);

		expect(operationOf(ctx)).toBeUndefined();
		expect(await effects()).toBe(2);
	});

	it("is forgotten after seven days, and not before", async () => {
		const [young, old] = [`${key}-young`, `${key}-old`];
		await database.rows(
			`insert into operations (key, fingerprint, created_at)
			values ($1, '', now() - interval '6 days 23 hours'), ($2, '', now() - interval '7 days 1 hour')`,
			[young, old],
		);
		await forgetAnswers.work({ db });

		expect(await database.rows("select key from operations where key in ($1, $2)", [young, old])).toEqual([
			{ key: young },
		]);
	});
});
