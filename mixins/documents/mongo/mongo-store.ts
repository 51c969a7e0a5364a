import type { HealthState } from "../../../services/contracts/platform.ts";
import type { Collection } from "../collection.ts";
import type { Stored } from "../entry.ts";
import type { DocumentStore } from "../store.ts";
import { DocumentsAdapter } from "./adapter.ts";
import { entryOf } from "./driver.ts";
import type { MongoCollection, MongoRow } from "./driver.ts";
import { translated } from "./errors.ts";
import { filterOf, pageFilter, sortOf } from "./filters.ts";
import type { MongoServer } from "./mongo-server.ts";
import { beginRebuild, shadowOf } from "./rebuild.ts";
import { writeNewer } from "./write.ts";

const HEALTH_WITHIN_MS = 300;

/** Documents in MongoDB. The server may be away: whatever is asked meanwhile fails within seconds, with ServiceBusy. */
export function mongoStore(collection: Collection, server: MongoServer, log: (line: string) => void): DocumentStore {
	const index = (each: MongoCollection) => each.createIndexes(indexesOf(collection));
	const adapter = new DocumentsAdapter(server, collection.name, log, index);
	/** What `work` does with the connected collection; the driver's faults become ServiceBusy. */
	const within = async <R>(work: (connected: MongoCollection) => Promise<R>): Promise<R> => {
		try {
			return await work(await adapter.connected());
		} catch (error) {
			throw translated(error);
		}
	};
	// Connected by the first call; made now, so that the first caller need not wait.
	adapter.connected().catch((error: unknown) => {
		log(`MongoDB cannot be used yet for ${collection.name}, calls try again: ${(error as Error).message}`);
	});

	return {
		get: (id) =>
			within(async () => {
				const row = (await adapter.findById(id)) as MongoRow | null;
				return row?.document === undefined ? undefined : (entryOf(row) as Stored);
			}),

		find: (plan) =>
			within(async () => {
				const found = { query: pageFilter(plan), sort: sortOf(plan), limit: plan.limit + 1 };
				return ((await adapter.find(found)) as MongoRow[]).map((row) => entryOf(row) as Stored);
			}),

		count: (conditions) => within(() => adapter.count({ query: filterOf(conditions) })),

		/** First to the shadow: should it take the collection's place in between, the second write reaches the same one. */
		put: (entries) =>
			within(async (live) => {
				const shadow = await shadowOf(adapter.db, collection.name);
				if (shadow !== undefined) await writeNewer(shadow, entries);
				return writeNewer(live, entries);
			}),

		beginRebuild: () => within((live) => beginRebuild({ db: adapter.db, name: collection.name, live, index, within })),

		health: () => Promise.race([pinged(within, adapter), late()]),
		close: () => adapter.disconnect(),
	};
}

/** Of each field with the id, which is what pages are cut by. */
const indexesOf = ({ fields }: Collection): object[] =>
	Object.keys(fields).map((field) => ({ name: field, key: { [`document.${field}`]: 1, _id: 1 } }));

/** Nothing but lists needs it, so the service is degraded and not ill. */
const pinged = (within: (work: () => Promise<unknown>) => Promise<unknown>, adapter: DocumentsAdapter) =>
	within(() => adapter.db.command({ ping: 1 })).then(
		(): HealthState => "healthy",
		(): HealthState => "degraded",
	);

const late = (): Promise<HealthState> =>
	new Promise((resolve) => setTimeout(resolve, HEALTH_WITHIN_MS, "degraded" satisfies HealthState).unref());
