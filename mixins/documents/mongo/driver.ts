import type { Entry } from "../entry.ts";

/** What we use of the driver, which has no types of its own. */
export interface MongoCollection {
	findOne(filter: object): Promise<unknown>;
	find(filter: object): MongoCursor;
	updateOne(filter: object, update: object, options?: object): Promise<{ readonly matchedCount: number }>;
	deleteOne(filter: object): Promise<unknown>;
	deleteMany(filter: object): Promise<unknown>;
	bulkWrite(operations: readonly object[], options: object): Promise<BulkResult>;
	createIndexes(indexes: readonly object[]): Promise<unknown>;
	rename(name: string, options: object): Promise<unknown>;
	drop(): Promise<unknown>;
}

interface MongoCursor {
	sort(by: object): MongoCursor;
	limit(count: number): MongoCursor;
	batchSize(count: number): MongoCursor;
	toArray(): Promise<unknown[]>;
}

export interface BulkResult {
	readonly insertedCount?: number;
	readonly upsertedCount?: number;
	readonly matchedCount?: number;
}

export interface MongoDatabase {
	collection(name: string): MongoCollection;
	command(command: object): Promise<unknown>;
	listCollections(filter: object, options: object): { toArray(): Promise<{ readonly name: string }[]> };
}

/** An entry as it is stored; one without a document is a tombstone. */
export interface MongoRow {
	readonly _id: string;
	readonly version: number;
	readonly document?: object;
}

export const entryOf = ({ _id, version, document }: MongoRow): Entry => ({
	id: _id,
	version,
	document: document ?? null,
});
