import type { HealthState } from "../../services/contracts/platform.ts";
import type { Queryable } from "../sql/database.ts";
import type { Entry, Stored } from "./entry.ts";
import type { Listing, Page, Where } from "./query.ts";
import type { RebuildOptions, Rebuilt } from "./rebuild.ts";

/**
 * A collection of JSON documents, in MongoDB or in a JSONB table alike. Writes carry a version and commute: the
 * newest one wins, whatever the order and however often they arrive, so a consumer of facts may simply repeat one.
 *
 * Every method throws ServiceBusy, which is retryable, when the store does not answer within seconds.
 */
export interface Documents<T extends object> {
	get(id: string): Promise<Stored<T> | undefined>;

	/** @throws ValidationFailed for a field, an order or a cursor that the collection does not offer */
	list(listing: Listing): Promise<Page<T>>;

	/** @throws ValidationFailed for a field that the collection does not offer */
	count(where?: Where): Promise<number>;

	/**
	 * Stores a document, unless one of the same or a newer version is there.
	 *
	 * @param tx a transaction of the service's database that a JSONB store writes in; MongoDB takes no part in it
	 * @returns whether it was newer
	 * @throws TypeError for what JSON or either store cannot hold
	 */
	put(id: string, version: number, document: T, tx?: Queryable): Promise<boolean>;

	/** Takes a document away; the version stays, so that an older `put` that comes late does not bring it back. */
	remove(id: string, version: number, tx?: Queryable): Promise<boolean>;

	/**
	 * Several writes at once, each by its own version; not all or nothing in MongoDB.
	 *
	 * @param entries each id once
	 * @returns how many were newer
	 */
	putAll(entries: readonly Entry<T>[], tx?: Queryable): Promise<number>;

	/**
	 * Builds all documents anew beside those that are read, compares both, and puts the new ones in their place at once.
	 * Goes on while others write: their writes reach both.
	 *
	 * @param source the truth, in batches, begun to be read when it is iterated; also what is gone, if late writes
	 *   of it may still come, as entries without a document
	 * @throws RebuildRunning when another one is under way, RebuildLost when another one took over
	 */
	rebuild(source: AsyncIterable<readonly Entry<T>[]>, options?: RebuildOptions): Promise<Rebuilt>;

	/** Whether the store answers; in well under a second. */
	health(): Promise<HealthState>;

	close(): Promise<void>;
}
