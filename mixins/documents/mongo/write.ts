import type { Entry } from "../documents.ts";
import type { BulkResult, MongoCollection } from "./driver.ts";
import { isDuplicate } from "./errors.ts";

interface BulkError {
	readonly code?: number;
	readonly writeErrors?: readonly { readonly code: number; readonly index: number }[];
	readonly result?: { readonly nUpserted: number; readonly nMatched: number };
}

/**
 * Writes what is newer than what is there. An upsert whose filter finds no older one inserts, and the id refuses it
 * when a newer one is there, or when another writer was faster; in that case the second round decides by version.
 *
 * @returns how many were newer
 */
export async function writeNewer(collection: MongoCollection, entries: readonly Entry[]): Promise<number> {
	if (entries.length === 0) return 0;
	const first = await bulk(collection, entries, true);
	if (first.refused.length === 0) return first.applied;
	return first.applied + (await bulk(collection, first.refused, false)).applied;
}

async function bulk(collection: MongoCollection, entries: readonly Entry[], isUpsert: boolean) {
	const operations = entries.map((entry) => ({ updateOne: { ...updateOf(entry), upsert: isUpsert } }));
	try {
		return { applied: appliedOf(await collection.bulkWrite(operations, { ordered: false })), refused: [] };
	} catch (error) {
		const { writeErrors = [], result } = error as BulkError;
		if (result === undefined || writeErrors.length === 0 || !writeErrors.every(isDuplicate)) throw error;
		const refused = new Set(writeErrors.map(({ index }) => index));
		return { applied: result.nUpserted + result.nMatched, refused: entries.filter((_, index) => refused.has(index)) };
	}
}

const appliedOf = ({ upsertedCount = 0, matchedCount = 0 }: BulkResult): number => upsertedCount + matchedCount;

function updateOf({ id, version, document }: Entry) {
	const filter = { _id: id, version: { $lt: version } };
	if (document === null) return { filter, update: { $set: { version }, $unset: { document: "" } } };
	return { filter, update: { $set: { version, document } } };
}
