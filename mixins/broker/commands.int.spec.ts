import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Middleware, ServiceBroker } from "moleculer";
import { defineAction } from "../../services/contracts/action.ts";
import { OPEN } from "../../services/contracts/policy.ts";
import { Nothing } from "../../services/contracts/text.ts";
import { execute, freshDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { startServer } from "../../test/support/private-server.ts";
import type { RunningServer } from "../../test/support/private-server.ts";
import { describeWith, urlOf } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import { action, defineService } from "../define-service.ts";
import type { StoaService } from "../define-service.ts";
import { once, OPERATIONS_TABLES } from "../operations.ts";
import { statement } from "../sql/database.ts";
import { sql } from "../sql.mixin.ts";
import type { SqlMethods } from "../sql.mixin.ts";
import { endpointsOf, freshNamespace, startNode, worker } from "./cluster.fixture.ts";

const has = (caller: ServiceBroker, name: string) =>
	until(() => endpointsOf(caller, name).length > 0, { what: `${name} to be known` });

describeWith(["redis"], "commands that Redis holds back", () => {
	it("do not begin after their deadline", async () => {
		const folder = await mkdtemp(join(tmpdir(), "stoa-redis-"));
		const redis: RunningServer = await startServer("redis", { folder });
		const namespace = freshNamespace();
		const node = { redisUrl: redis.url, namespace };
		let begun = 0;
		let received = 0;
		const count: Middleware = {
			transporterReceive: ((next: (cmd: string, data: Buffer) => void) => (cmd: string, data: Buffer) => {
				if (cmd === "REQ") received += 1;
				next(cmd, data);
			}) as never,
		};
		const services = [worker("owner", (name) => (begun += Number(name === "work")))];
		const owner = await startNode({ ...node, nodeID: "owner", services, outermost: [count] });
		const caller = await startNode({ ...node, nodeID: "caller" });
		await has(caller, "worker.work");

		await redis.pause();
		const meta = { operation: { deadlineMs: Date.now() + 500 } };
		const send = () => caller.call("worker.work", {}, { meta, timeout: 1_000 });
		const outcomes = await Promise.allSettled(Array.from({ length: 20 }, send));
		await wait(500);
		redis.resume();

		await until(() => received === 20, { what: "the late commands to arrive" });
		await caller.call("worker.ask");
		expect(outcomes.map(({ status }) => status)).toEqual(Array(20).fill("rejected"));
		expect(begun).toBe(0);

		await Promise.all([caller.stop(), owner.stop()]);
		await redis.stop();
		await rm(folder, { recursive: true, force: true });
	});
});

const Deposit = defineAction("bank.deposit", { summary: "A deposit.", params: Nothing, result: Nothing });
const ADD = statement("bank.add", "insert into deposits default values");
const COUNT = statement<{ deposits: number }>("bank.count", "select count(*)::int as deposits from deposits");

describeWith(
	["redis"],
	"pain 10, a Redis reconnect runs actions twice: commands that a transporter delivers twice",
	() => {
		const namespace = freshNamespace();
		let database: TestDatabase;
		let owner: ServiceBroker;
		let caller: ServiceBroker;
		let handled = 0;

		/** What moleculer #1363 makes of a node's subscriptions. */
		const doubling: Middleware = {
			transporterReceive: ((next: (cmd: string, data: Buffer) => void) => (cmd: string, data: Buffer) => {
				if (cmd === "REQ") next(cmd, data);
				next(cmd, data);
			}) as never,
		};

		beforeAll(async () => {
			database = await freshDatabase();
			await execute(database.url, `${OPERATIONS_TABLES}; create table deposits (id int generated always as identity)`);
			const bank = defineService({
				name: "bank",
				mixins: [sql({ url: () => database.url })],
				actions: {
					deposit: action(
						Deposit,
						{ rest: "POST /deposits", policy: OPEN, idempotent: true },
						async function (this: StoaService & SqlMethods, ctx) {
							const deposit = once(this.db, ctx, 200, async (tx) => {
								await tx.query(ADD);
								return {};
							});
							return deposit.finally(() => (handled += 1));
						},
					),
				},
			});
			const node = { redisUrl: urlOf("redis"), namespace };
			owner = await startNode({ ...node, nodeID: "owner", services: [bank], outermost: [doubling] });
			caller = await startNode({ ...node, nodeID: "caller" });
			await has(caller, "bank.deposit");
		});
		afterAll(async () => {
			await Promise.all([caller.stop(), owner.stop()]);
			await database.drop();
		});

		it("take effect once", async () => {
			const operation = (key: number) => ({ key: String(key), fingerprint: "f", deadlineMs: Date.now() + 30_000 });
			const send = (_: unknown, key: number) =>
				caller.call("bank.deposit", {}, { meta: { operation: operation(key) } });
			await Promise.allSettled(Array.from({ length: 20 }, send));

			const { db } = owner.getLocalService("bank") as unknown as SqlMethods;
			await until(() => handled === 40, { what: "every delivery to be handled" });
			expect(await db.query(COUNT)).toEqual([{ deposits: 20 }]);
		});
	},
);
