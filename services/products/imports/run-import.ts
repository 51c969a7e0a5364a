import { violates } from "../../../mixins/sql/errors.ts";
import { complete } from "../../../mixins/operations.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { ServiceBusy } from "../../contracts/errors.ts";
import { columnsOf } from "../domain/csv/header.ts";
import type { Products } from "../products.context.ts";
import { partsOf } from "../storage/import-parts.ts";
import {
	advanceImport,
	findImport,
	finishImport,
	forgetSkus,
	releaseImport,
	takeImport,
} from "../storage/import.store.ts";
import type { ImportJob } from "../storage/import.store.ts";
import { csvRows, headerOf } from "./csv-rows.ts";
import { decoded } from "./decoded.ts";
import { importBatch } from "./import-batch.ts";
import type { Batch } from "./import-batch.ts";

const BATCH_ROWS = 500;
const TRIES = 3;

/** Another node goes on with this import: this one was silent for too long. */
class TakenOver extends Error {}

/**
 * Works on one import that nobody works on, to its end or until the service stops. Each batch commits together with the
 * count of its rows, so whoever goes on after a crash begins where the last one ended.
 *
 * @param isStopping asked between two batches
 * @returns whether there was one
 */
export async function runNextImport(products: Products, isStopping: () => boolean): Promise<boolean> {
	const job = await takeImport(products.db, products.broker.nodeID);
	if (job === undefined) return false;
	try {
		const isDone = await runImport(products, job, isStopping);
		await (isDone ? finish(products, job, null) : releaseImport(products.db, job));
	} catch (error) {
		await giveUp(products, job, error);
	}
	return !isStopping();
}

async function runImport(products: Products, job: ImportJob, isStopping: () => boolean): Promise<boolean> {
	for await (const batch of batchesOf(products, job)) {
		if (isStopping()) return false;
		const changedIds = await commit(products, job, batch);
		if (changedIds.length === 0) continue;
		products.wakeRelay();
		products.forgetCatalogue(changedIds);
	}
	return true;
}

/** The rows that are left of a file, with the columns they stand under. */
async function* batchesOf({ db, config }: Products, job: ImportJob): AsyncGenerator<Batch> {
	const read = { bytes: 0 };
	const texts = decoded(counted(partsOf(db, job.id), read));
	let skipped = job.created + job.updated + job.unchanged + job.invalid;
	let columns: Batch["columns"] | undefined;
	for await (let rows of csvRows(texts, config.csvDelimiter, BATCH_ROWS)) {
		if (columns === undefined) [columns, rows] = [columnsOf(headerOf(rows)), rows.slice(1)];
		const left = rows.slice(skipped);
		skipped = Math.max(0, skipped - rows.length);
		if (left.length > 0) yield { columns, rows: left, consumedBytes: read.bytes };
	}
}

async function* counted(parts: AsyncIterable<Buffer>, read: { bytes: number }): AsyncGenerator<Buffer> {
	for await (const part of parts) {
		read.bytes += part.length;
		yield part;
	}
}

/**
 * A SKU or a category that somebody took or removed a moment ago is seen at the next try.
 *
 * @returns the products that are another now
 */
async function commit(products: Products, job: ImportJob, batch: Batch, tries = TRIES): Promise<readonly string[]> {
	const work = async (tx: Queryable) => {
		const advance = await importBatch(products, tx, job, batch);
		if (!(await advanceImport(tx, job, advance))) throw new TakenOver();
		return advance.changedIds;
	};
	try {
		return await products.db.transaction(work);
	} catch (error) {
		if (tries === 1 || !isOvertaken(error)) throw error;
		return commit(products, job, batch, tries - 1);
	}
}

const isOvertaken = (error: unknown): boolean =>
	violates(error, "products_sku") || violates(error, "products_category");

async function finish(products: Products, job: ImportJob, failure: string | null): Promise<void> {
	const isFinished = await products.db.transaction((tx) => finishAnswered(tx, job, failure));
	while (isFinished && (await forgetSkus(products.db, job)));
}

/**
 * The report is the answer of its request from the moment it is seen, should nobody have answered it yet: whoever sees
 * the end of an import can repeat its request, and no crash leaves its key in use.
 *
 * @returns false when another node has taken the import over
 */
async function finishAnswered(tx: Queryable, job: ImportJob, failure: string | null): Promise<boolean> {
	if (!(await finishImport(tx, job, failure))) return false;
	if (job.operationKey === null) return true;
	const report = await findImport(tx, job.id, null);
	await complete(tx, job.operationKey, 201, JSON.stringify(report));
	return true;
}

/** A busy database is waited for, at the next turn; what nobody foresaw would happen at every try. */
async function giveUp(products: Products, job: ImportJob, error: unknown): Promise<void> {
	if (error instanceof TakenOver) return;
	if ((error as { type?: string }).type === ServiceBusy.type) {
		await releaseImport(products.db, job).catch(() => undefined);
		throw error;
	}
	products.logger.error(`Import ${job.id} failed:`, error);
	await finish(products, job, FAILED);
}

const FAILED =
	"Something went wrong on our side and was written down. What was counted is imported; send the file again for the rest.";
