import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { claim, replayOf } from "../../../mixins/operations.ts";
import { openDatabase, statement } from "../../../mixins/sql/database.ts";
import type { Worker } from "../../../mixins/events/worker.ts";
import { until } from "../../../test/support/wait.ts";
import type { Import } from "../../contracts/imports.ts";
import type { Meta } from "../../contracts/meta.ts";
import { ADMIN } from "../products.fixture.ts";
import { keepPart } from "../storage/import-parts.ts";
import { insertImport } from "../storage/import.store.ts";
import { runNextImport } from "./run-import.ts";
import { ended, startImports } from "./imports.fixture.ts";
import type { RunningImports } from "./imports.fixture.ts";

let shop: RunningImports;
beforeAll(async () => {
	shop = await startImports();
});
afterAll(() => shop.stop());

const ROWS = 2_000;
let files = 0;
const fileOf = (rows: number, prefix = `P${++files}`) =>
	["name,sku,price,stockQuantity", ...Array.from({ length: rows }, (_, index) => `Lamp,${prefix}-${index},1,5`)].join(
		"\n",
	);
const tallyOf = ({ created, updated, unchanged, invalid }: Import) => [created, updated, unchanged, invalid];
const lock = (table: string) => statement(`spec.lock.${table}`, `lock table ${table} in access exclusive mode`);

/** Keeps every import from going on. */
const holdSkus = () => hold("import_skus");

/** Keeps a table from everybody, until the function that it answers is called. */
function hold(table: string): Promise<() => Promise<void>> {
	const other = openDatabase({ url: shop.url, applicationName: "somebody else" });
	return new Promise((resolve, reject) => {
		const { promise: isOver, resolve: end } = Promise.withResolvers<null>();
		const holding = other.transaction(async (tx) => {
			await tx.query(lock(table));
			resolve(async () => {
				end(null);
				await holding;
				await other.close();
			});
			await isOver;
		});
		holding.catch(reject);
	});
}

/** An import that waits for somebody to work on it. */
async function waiting(file: string, operationKey: string | null = null): Promise<string> {
	const id = shop.service.newId();
	const bytes = Buffer.from(file);
	await keepPart(shop.service.db, id, 0, bytes);
	const author = { userId: ADMIN.userId, role: "admin" } as const;
	const job = { id, author, isDryRun: false, bytes: bytes.length, operationKey, requestId: null };
	await insertImport(shop.service.db, job);
	return id;
}

describe("pain 19: imports hang silently", () => {
	it("answers at the latest after three seconds, says how far it is, and goes on by itself", async () => {
		const letGo = await holdSkus();
		const meta: Meta = {};
		const begun = await shop.send(fileOf(ROWS), { meta, key: "long" });
		expect([meta.$statusCode, begun.status, begun.rows]).toEqual([202, "processing", null]);

		await letGo();
		const seen: number[] = [];
		const report = await until(
			async () => {
				const now = await shop.report(begun.id);
				seen.push(now.progress);
				return now.status === "completed" && now;
			},
			{ timeoutMs: 60_000, everyMs: 10 },
		);
		expect(tallyOf(report)).toEqual([ROWS, 0, 0, 0]);
		expect(seen).toEqual([...seen].sort((one, other) => one - other));
	});

	it("repeats the answer that was given under the same Idempotency-Key, although the import is done", async () => {
		const meta: Meta = {};
		const answer = await shop.send(fileOf(ROWS, "P1"), { key: "long", meta });
		expect([meta.$replay?.status, answer.status]).toEqual([202, "processing"]);
	});

	it("takes 20,000 rows, and keeps the service answering meanwhile", async () => {
		const begun = await shop.send(fileOf(20_000));
		const delays: number[] = [];
		while ((await shop.report(begun.id)).status === "processing") {
			const startedMs = performance.now();
			await shop.report(begun.id);
			delays.push(performance.now() - startedMs);
		}
		expect(await shop.report(begun.id)).toMatchObject({ status: "completed", rows: 20_000, created: 20_000 });
		expect(Math.max(0, ...delays)).toBeLessThan(5_000);
	});

	describe("where nobody works by himself", () => {
		const workers = () => (shop.service as unknown as { importWorkers: Worker[] }).importWorkers;
		beforeEach(async () => {
			await Promise.all(workers().map((worker) => worker.stop()));
		});
		afterEach(() => {
			for (const worker of workers()) worker.start();
		});
		const stoppingAfter = (batches: number) => {
			let left = batches;
			return () => left-- <= 0;
		};

		it("goes on where a node that stopped has ended, and counts each row once", async () => {
			const id = await waiting(fileOf(ROWS));
			await runNextImport(shop.service, stoppingAfter(2));
			expect(await shop.report(id)).toMatchObject({ status: "processing", processedRows: 999, created: 999 });

			await runNextImport(shop.service, () => false);
			expect(tallyOf(await shop.report(id))).toEqual([ROWS, 0, 0, 0]);
		});

		it("goes on when a node died, and lets what is left of it write nothing", async () => {
			const id = await waiting(fileOf(ROWS));
			let isDead = false;
			const dying = runNextImport(shop.service, () => isDead);
			await until(async () => (await shop.report(id)).processedRows > 0);
			await shop.rows("update imports set held_until = now() - interval '1 second' where id = $1", [id]);
			const other = runNextImport(shop.service, () => false);
			await Promise.all([dying, other]);
			isDead = true;

			expect(tallyOf(await shop.report(id))).toEqual([ROWS, 0, 0, 0]);
		});

		it("says that it failed, and keeps nothing of it", async () => {
			const id = await waiting("nonsense");
			await runNextImport(shop.service, () => false);

			expect(await shop.report(id)).toMatchObject({
				status: "failed",
				failure: expect.stringContaining("send the file again"),
			});
			expect(await shop.rows("select 1 from import_parts where import_id = $1", [id])).toEqual([]);
		});

		it("waits for a database that is busy, and begins no other work meanwhile", async () => {
			const id = await waiting(fileOf(10));
			const letGo = await holdSkus();
			await expect(runNextImport(shop.service, () => false)).rejects.toMatchObject({ type: "SERVICE_BUSY" });
			await letGo();

			expect(await shop.report(id)).toMatchObject({ status: "processing", processedRows: 0 });
			await runNextImport(shop.service, () => false);
			expect(tallyOf(await ended(shop.report, id))).toEqual([10, 0, 0, 0]);
		});

		it("is seen as ended only together with the answer of its Idempotency-Key", async () => {
			const operation = { key: randomUUID(), fingerprint: "f", deadlineMs: Date.now() + 10_000 };
			await claim(shop.service.db, operation);
			const id = await waiting(fileOf(10), operation.key);
			const letGo = await hold("operations");
			await expect(runNextImport(shop.service, () => false)).rejects.toMatchObject({ type: "SERVICE_BUSY" });
			await letGo();
			expect(await shop.report(id)).toMatchObject({ status: "processing", processedRows: 10 });

			await runNextImport(shop.service, () => false);
			const report = await shop.report(id);
			expect(report).toMatchObject({ status: "completed", rows: 10 });
			expect(await replayOf(shop.service.db, operation)).toMatchObject({ status: 201, body: JSON.stringify(report) });
		});
	});
});
