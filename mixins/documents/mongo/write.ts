import type { Entry } from "../entry.ts";
import type { BulkResult, MongoCollection } from "./driver.ts";
import { isDuplicate } from "./errors.ts";

/** So few at once that a slow server answers within the socket's timeout. */
const BATCH = 100;

interface BulkError {
	readonly writeErrors?: readonly { readonly code: number; readonly index: number }[];
	readonly result?: { readonly nInserted: number; readonly nUpserted: number; readonly nMatched: number };
}

type Operation = (entry: Entry) => object;

/**
 * Writes what is newer than what is there. An upsert whose filter finds no older one inserts, and the id refuses it
 * when a newer one is there, or when another writer was faster; in that case an update decides by version.
 *
 * @returns how many were newer
 */
export const writeNewer = (collection: MongoCollection, entries: readonly Entry[]): Promise<number> =>
	inTwoRounds(collection, entries, upsertOf);

/** The same, where next to nothing is there yet. */
export const insertNewer = (collection: MongoCollection, entries: readonly Entry[]): Promise<number> =>
	inTwoRounds(collection, entries, insertOf);

async function inTwoRounds(collection: MongoCollection, entries: readonly Entry[], first: Operation): Promise<number> {
	let applied = 0;
	for (let at = 0; at < entries.length; at += BATCH) {
		const round = await bulk(collection, entries.slice(at, at + BATCH), first);
		applied += round.applied;
		if (round.refused.length > 0) applied += (await bulk(collection, round.refused, updateOf)).applied;
	}
	return applied;
}

async function bulk(collection: MongoCollection, entries: readonly Entry[], operation: Operation) {
	try {
		return { applied: appliedOf(await collection.bulkWrite(entries.map(operation), { ordered: false })), refused: [] };
	} catch (error) {
		const { writeErrors = [], result } = error as BulkError;
		if (result === undefined || writeErrors.length === 0 || !writeErrors.every(isDuplicate)) throw error;
		const refused = new Set(writeErrors.map(({ index }) => index));
		const applied = result.nInserted + result.nUpserted + result.nMatched;
		return { applied, refused: entries.filter((_, index) => refused.has(index)) };
	}
}

const appliedOf = ({ insertedCount = 0, upsertedCount = 0, matchedCount = 0 }: BulkResult): number =>
	insertedCount + upsertedCount + matchedCount;

/** Without a document it is a tombstone. */
function insertOf({ id, version, document }: Entry): object {
	return { insertOne: { document: { _id: id, version, ...(document && { document }) } } };
}

function updateOf({ id, version, document }: Entry) {
	const change = document === null ? { $set: { version }, $unset: { document: "" } } : { $set: { version, document } };
	return { updateOne: { filter: { _id: id, version: { $lt: version } }, update: change } };
}

const upsertOf = (entry: Entry): object => ({ updateOne: { ...updateOf(entry).updateOne, upsert: true } });
