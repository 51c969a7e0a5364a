import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { execute, freshDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import { openDatabase, statement } from "./database.ts";
import type { Database, DatabaseOptions, Queryable } from "./database.ts";

const SETUP = `
	create table accounts (name text primary key, cents integer not null check (cents >= 0));
	insert into accounts values ('alice', 100), ('bob', 100);
	create sequence tries;
	create function conflict_until(enough integer) returns bigint language plpgsql as $$
	begin
		if nextval('tries') < enough then raise exception 'conflict' using errcode = '40001'; end if;
		return currval('tries');
	end $$;
`;

const PAY = statement<{ cents: number }>(
	"spec.pay",
	"update accounts set cents = cents - $2 where name = $1 returning cents",
);
const CENTS = statement<{ cents: number }>("spec.cents", "select cents from accounts where name = $1");
const BACKEND = statement<{ pid: number }>("spec.backend", "select pg_backend_pid() as pid");
const TERMINATE = statement("spec.terminate", "select pg_terminate_backend($1)");
const SLOW = statement("spec.slow", "select pg_sleep(30)");
const CONFLICT = statement<{ tries: string }>("spec.conflict", "select conflict_until($1) as tries");

const busy = { type: "SERVICE_BUSY", code: 503, retryable: true };

describe("a database", () => {
	let home: TestDatabase;
	let db: Database;
	let one: Database;
	const open = (options: Partial<DatabaseOptions> = {}) =>
		openDatabase({ url: home.url, applicationName: "spec", ...options });

	beforeAll(async () => {
		home = await freshDatabase();
		await execute(home.url, SETUP);
		// A deadlock is found only after this time, a second unless told.
		await execute(home.url, `alter database ${new URL(home.url).pathname.slice(1)} set deadlock_timeout = '20ms'`);
		db = open();
		one = open({ poolSize: 1 });
	});
	afterAll(async () => {
		await Promise.all([db.close(), one.close()]);
		await home.drop();
	});

	const cents = async (name: string) => (await db.query(CENTS, [name]))[0]?.cents;
	const backend = async (on: Queryable) => (await on.query(BACKEND))[0]?.pid ?? 0;
	const restartTries = () => execute(home.url, "alter sequence tries restart");

	it("prepares each statement once on a connection", async () => {
		const prepared = statement<{ calls: number }>(
			"spec.prepared",
			"select (generic_plans + custom_plans)::integer as calls from pg_prepared_statements where name = 'spec.cents'",
		);
		for (let time = 0; time < 3; time++) await one.query(CENTS, ["alice"]);

		expect(await one.query(prepared)).toEqual([{ calls: 3 }]);
	});

	it("opens no more connections than its pool holds", async () => {
		const two = open({ poolSize: 2 });
		const pids = await Promise.all(Array.from({ length: 8 }, () => backend(two)));

		expect(new Set(pids).size).toBeLessThanOrEqual(2);
		await two.close();
	});

	describe("in a transaction", () => {
		it("does what is left for afterwards once it is committed, and never when it is not", async () => {
			const done: string[] = [];
			await db.transaction(async (tx) => {
				tx.afterCommit(() => done.push("committed"));
				await tx.query(CENTS, ["alice"]);
				expect(done).toEqual([]);
			});
			const failed = db.transaction((tx) => {
				tx.afterCommit(() => done.push("failed"));
				return Promise.reject(new Error("no"));
			});

			await expect(failed).rejects.toThrow("no");
			expect(done).toEqual(["committed"]);
		});

		it("commits everything, and gives what the work gives", async () => {
			const paid = await db.transaction(async (tx) => {
				await tx.query(PAY, ["alice", 10]);
				return tx.query(PAY, ["bob", -10]);
			});

			expect(paid).toEqual([{ cents: 110 }]);
			expect([await cents("alice"), await cents("bob")]).toEqual([90, 110]);
		});

		it("keeps nothing when the work fails, whose error it is", async () => {
			const before = await cents("alice");
			const work = db.transaction(async (tx) => {
				await tx.query(PAY, ["alice", 10]);
				await tx.query(PAY, ["bob", 1_000]);
			});

			await expect(work).rejects.toMatchObject({ constraint: "accounts_cents_check" });
			expect(await cents("alice")).toBe(before);
		});

		it("runs again after a deadlock, so that both sides get through", async () => {
			const before = [await cents("alice"), await cents("bob")];
			let runs = 0;
			let isFirst = true;
			const bothHold = Promise.withResolvers<undefined>();
			const pay = (from: string, to: string) =>
				db.transaction(async (tx) => {
					runs += 1;
					await tx.query(PAY, [from, 1]);
					if (!isFirst) bothHold.resolve(undefined);
					isFirst = false;
					await bothHold.promise;
					await tx.query(PAY, [to, -1]);
				});
			await Promise.all([pay("alice", "bob"), pay("bob", "alice")]);

			expect(runs).toBe(3);
			expect([await cents("alice"), await cents("bob")]).toEqual(before);
		});

		it("is busy when three runs were in conflict", async () => {
			await restartTries();

			expect(await db.transaction((tx) => tx.query(CONFLICT, [3]))).toEqual([{ tries: "3" }]);
			await restartTries();
			await expect(db.transaction((tx) => tx.query(CONFLICT, [4]))).rejects.toMatchObject(busy);
		});
	});

	it("runs a single statement again after a conflict, too", async () => {
		await restartTries();

		expect(await db.query(CONFLICT, [3])).toEqual([{ tries: "3" }]);
		await restartTries();
		await expect(db.query(CONFLICT, [4])).rejects.toMatchObject(busy);
	});

	it("waits for a lock only so long, and is busy then", async () => {
		const impatient = open({ lockTimeoutMs: 30 });
		await db.transaction(async (tx) => {
			await tx.query(PAY, ["alice", 0]);
			await expect(impatient.query(PAY, ["alice", 1])).rejects.toMatchObject(busy);
			await expect(impatient.transaction((other) => other.query(PAY, ["alice", 1]))).rejects.toMatchObject(busy);
		});
		await impatient.close();
	});

	it("lets a statement take only so long, and is busy then", async () => {
		const impatient = open({ statementTimeoutMs: 30 });

		await expect(impatient.query(SLOW)).rejects.toMatchObject(busy);
		await impatient.close();
	});

	it("is busy when there is no server", async () => {
		const nowhere = open({ url: "postgres://127.0.0.1:1/nothing" });

		await expect(nowhere.query(BACKEND)).rejects.toMatchObject(busy);
		await expect(nowhere.transaction((tx) => tx.query(BACKEND))).rejects.toMatchObject(busy);
		await nowhere.close();
	});

	it("keeps the connection of a statement that was refused", async () => {
		const pid = await backend(one);

		await expect(one.query(PAY, ["bob", 1_000])).rejects.toMatchObject({ constraint: "accounts_cents_check" });
		expect(await backend(one)).toBe(pid);
	});

	describe("whose connection breaks", () => {
		const terminate = (pid: number) => db.query(TERMINATE, [pid]);
		const isActive = statement<{ ok: number }>(
			"spec.isActive",
			"select 1 as ok from pg_stat_activity where pid = $1 and query = $2 and state = 'active'",
		);

		it("during a statement is busy, and uses another", async () => {
			const pid = await backend(one);
			const slow = one.query(SLOW).catch((error: unknown) => error);
			await until(async () => (await db.query(isActive, [pid, SLOW.text])).length);
			await terminate(pid);

			expect(await slow).toMatchObject(busy);
			expect(await backend(one)).not.toBe(pid);
		});

		it("within a transaction is busy, and uses another", async () => {
			let pid = 0;
			const work = one.transaction(async (tx) => {
				pid = await backend(tx);
				await terminate(pid);
				await until(() =>
					tx.query(BACKEND).then(
						() => false,
						() => true,
					),
				);
				await tx.query(BACKEND);
			});

			await expect(work).rejects.toMatchObject(busy);
			expect(await backend(one)).not.toBe(pid);
		});

		it("or stays silent is busy, and uses another", async () => {
			const impatient = open({ poolSize: 1, answerTimeoutMs: 300 });
			const pid = await backend(impatient);

			await expect(impatient.query(SLOW)).rejects.toMatchObject(busy);
			await expect(impatient.transaction((tx) => tx.query(SLOW))).rejects.toMatchObject(busy);
			expect(await backend(impatient)).not.toBe(pid);
			await impatient.close();
		});

		it("while it idles tells so, and uses another", async () => {
			const lost: string[] = [];
			const idle = open({ poolSize: 1, onError: ({ message }) => lost.push(message) });
			const pid = await backend(idle);
			await terminate(pid);
			await until(() => lost.length);

			expect(lost).toEqual(["terminating connection due to administrator command"]);
			expect(await backend(idle)).not.toBe(pid);
			await idle.close();
		});
	});
});
