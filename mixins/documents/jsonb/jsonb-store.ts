import type { Database } from "../../sql/database.ts";
import type { Collection } from "../collection.ts";
import type { DocumentStore } from "../store.ts";
import { counting, listing } from "./lists.ts";
import { beginRebuild } from "./rebuild.ts";
import { entryStatements } from "./statements.ts";

/** Documents in a table of the service's own database: `DOCUMENTS_TABLES`, and `documentCollection` for each. */
export function jsonbStore(collection: Collection, db: Database): DocumentStore {
	const { name } = collection;
	const { get, put } = entryStatements(collection);
	return {
		get: async (id) => (await db.query(get, [id]))[0],

		find: (plan) => {
			const { wanted, values } = listing(name, plan);
			return db.query(wanted, values);
		},

		count: async (conditions) => {
			const { wanted, values } = counting(name, conditions);
			return (await db.query(wanted, values))[0]?.total ?? 0;
		},

		put: async (entries, tx = db) => {
			const [written] = await tx.query(put, [JSON.stringify(entries)]);
			if (written?.isKnown !== true)
				throw new Error(`No migration of this service has documentCollection for ${name}.`);
			return written.applied;
		},

		beginRebuild: () => beginRebuild(collection, db),
		// Whoever asks has just asked the database itself.
		health: () => Promise.resolve("healthy"),
		close: () => Promise.resolve(),
	};
}
