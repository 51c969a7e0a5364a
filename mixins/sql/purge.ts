import { statement } from "./database.ts";
import type { Queryable, Statement } from "./database.ts";

/** Small enough that no purge holds its locks for long. */
const BATCH = 1_000;

/**
 * A statement that deletes at most a batch of rows.
 *
 * @param rows condition and order of the rows to delete, e.g. `where created_at < now() - interval '7 days'`
 */
export const purging = (name: string, table: string, rows: string): Statement<{ ok: number }> =>
	statement(
		name,
		`delete from ${table} where ctid in (select ctid from ${table} ${rows} limit ${BATCH}) returning 1 as ok`,
	);

/** Deletes one batch. @returns true when there may be more */
export async function purge(db: Queryable, batch: Statement<{ ok: number }>): Promise<boolean> {
	return (await db.query(batch)).length === BATCH;
}
