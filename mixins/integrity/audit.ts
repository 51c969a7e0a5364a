import type { Finding } from "../../services/contracts/integrity.ts";
import { statement } from "../sql/database.ts";
import type { Database, Queryable } from "../sql/database.ts";

/** What an audit reads with, and how old something must be to be judged. */
export interface Scope {
	/** Reads only, one bounded statement at a time. */
	readonly db: Queryable;
	/** What changed after this moment may still be on its way to another service. */
	readonly settledBefore: Date;
}

/** What one bounded look found. */
export interface Chunk {
	readonly findings: readonly Finding[];
	readonly checked: number;
	/** Where the next chunk begins; null when this was the last. */
	readonly next: string | null;
}

/** Looks for one way in which stored things may contradict each other, newest first and in chunks. */
export interface Audit<T = never> {
	readonly name: string;
	/** Every kind of finding it may tell. */
	readonly kinds: readonly string[];
	/**
	 * Looks at one chunk, which must be cheap: it is found by an index, and its size is bounded.
	 *
	 * @param after where the chunk before ended; null begins with the newest
	 */
	chunk(service: T, scope: Scope, after: string | null): Promise<Chunk>;
}

/** The rows of a chunk at most. */
export const CHUNK = 200;

/** A chunk of rows that were read newest first, at most `CHUNK` of them. */
export function chunkOf<Row extends { readonly id: string }>(
	rows: readonly Row[],
	findings: readonly Finding[],
): Chunk {
	return { findings, checked: rows.length, next: rows.length < CHUNK ? null : (rows.at(-1)?.id ?? null) };
}

const STATEMENT_TIMEOUT_MS = 2_000;

const BOUNDS = statement(
	"integrity.bounds",
	`select set_config('statement_timeout', '${STATEMENT_TIMEOUT_MS}', true), set_config('transaction_read_only', 'on', true)`,
);

/** A database as audits may use it: an audit that turns out to be dear gives up before it hurts. */
export const bounded = (db: Database): Queryable => ({
	query: (wanted, values) =>
		db.transaction(async (tx) => {
			await tx.query(BOUNDS);
			return tx.query(wanted, values);
		}),
});
