import type { Database } from "../sql/database.ts";
import { expectStorable } from "./collection.ts";
import type { Collection } from "./collection.ts";
import type { Documents } from "./documents.ts";
import type { Entry, Stored } from "./entry.ts";
import { jsonbStore } from "./jsonb/jsonb-store.ts";
import type { MongoServer } from "./mongo/mongo-server.ts";
import { mongoStore } from "./mongo/mongo-store.ts";
import { conditionsOf, cursorAfter, planOf } from "./query.ts";
import { rebuild } from "./rebuild.ts";
import type { DocumentStore } from "./store.ts";

export interface DocumentsPlace {
	/** The service's database: where the documents are, unless a MongoDB is named. */
	readonly db: Database;
	readonly mongodb: MongoServer | undefined;
	/** Told when MongoDB comes and goes. */
	readonly log?: (line: string) => void;
}

/** Opens a collection where it lives; the server may be away, calls fail with ServiceBusy until it is there. */
export function openDocuments<T extends object>(
	collection: Collection,
	{ db, mongodb, log = () => undefined }: DocumentsPlace,
): Documents<T> {
	return documentsIn(
		collection,
		mongodb === undefined ? jsonbStore(collection, db) : mongoStore(collection, mongodb, log),
	);
}

function documentsIn<T extends object>(collection: Collection, store: DocumentStore): Documents<T> {
	const putAll: Documents<T>["putAll"] = async (entries, tx) => {
		for (const entry of entries) expectEntry(collection, entry);
		return entries.length === 0 ? 0 : store.put(entries, tx);
	};
	return {
		putAll,
		get: (id) => store.get(id) as Promise<Stored<T> | undefined>,
		put: async (id, version, document, tx) => (await putAll([{ id, version, document }], tx)) > 0,
		remove: async (id, version, tx) => (await putAll([{ id, version, document: null }], tx)) > 0,
		count: async (where = {}) => store.count(conditionsOf(collection, where)),
		rebuild: (source, options = {}) => rebuild(store, checked(collection, source), options),
		health: () => store.health(),
		close: () => store.close(),

		async list(listing) {
			const plan = planOf(collection, listing);
			const found = (await store.find(plan)) as Stored<T>[];
			const rows = found.slice(0, plan.limit);
			const last = found.length > plan.limit ? rows.at(-1) : undefined;
			return { rows, nextCursor: last === undefined ? null : cursorAfter(plan, last) };
		},
	};
}

function expectEntry(collection: Collection, { id, version, document }: Entry): void {
	const isVersion = Number.isSafeInteger(version) && version > 0;
	if (!isVersion) throw new TypeError(`${collection.name} ${id} has the version ${version}: it is a positive integer.`);
	if (document !== null) expectStorable(collection, document);
}

async function* checked(collection: Collection, source: AsyncIterable<readonly Entry[]>) {
	for await (const entries of source) {
		for (const entry of entries) expectEntry(collection, entry);
		yield entries;
	}
}
