import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { purging } from "../../../mixins/sql/purge.ts";
import { MAX_IMPORT_ERRORS } from "../../contracts/imports.ts";
import type { Import, RowError } from "../../contracts/imports.ts";
import type { Role } from "../../contracts/meta.ts";

/** How many rows became what. */
export interface Tally {
	readonly created: number;
	readonly updated: number;
	readonly unchanged: number;
	readonly invalid: number;
}

/** An import that is to be worked on. */
export interface ImportJob extends Tally {
	readonly id: string;
	readonly author: { readonly userId: string; readonly role: Role };
	readonly isDryRun: boolean;
	readonly operationKey: string | null;
	readonly requestId: string | null;
	/** Grows with each taking; what was taken over by another node cannot be written any more. */
	readonly fence: number;
}

/** Long for a batch, short for somebody who waits: another node goes on when a holder was silent this long. */
const HELD = "interval '20 seconds'";

const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const INSERT = statement(
	"imports.insert",
	`insert into imports (id, author_id, author_role, is_dry_run, bytes, operation_key, request_id)
	values ($1, $2, $3, $4, $5, $6, $7)`,
);

/** An import without its errors. */
export const SUMMARY = `id, status, is_dry_run as "dryRun",
	case when status = 'completed' then 1
		else round(consumed_bytes::numeric / greatest(bytes, 1), 3) end::double precision as progress,
	created + updated + unchanged + invalid as "processedRows",
	case when status = 'completed' then created + updated + unchanged + invalid end as rows,
	created, updated, unchanged, invalid, failure,
	${iso("created_at")} as "createdAt", ${iso("finished_at")} as "finishedAt"`;

const FIND = statement<Import>(
	"imports.find",
	`select ${SUMMARY}, errors, error_count > jsonb_array_length(errors) as "errorsTruncated"
	from imports where id = $1 and ($2::uuid is null or author_id = $2)`,
);

const TAKE = statement<ImportJob>(
	"imports.take",
	`update imports set holder = $1, fence = fence + 1, held_until = now() + ${HELD}
	where id = (
		select id from imports where status = 'processing' and (held_until is null or held_until < now())
		order by id limit 1 for update skip locked
	)
	returning id, json_build_object('userId', author_id, 'role', author_role) as author, is_dry_run as "isDryRun",
		operation_key as "operationKey", request_id as "requestId", fence, created, updated, unchanged, invalid`,
);

const ADVANCE = statement<{ id: string }>(
	"imports.advance",
	`update imports set held_until = now() + ${HELD}, consumed_bytes = greatest(consumed_bytes, $3),
		created = created + $4, updated = updated + $5, unchanged = unchanged + $6, invalid = invalid + $7,
		error_count = error_count + jsonb_array_length($8::jsonb),
		errors = case when $8::jsonb = '[]' or jsonb_array_length(errors) >= ${MAX_IMPORT_ERRORS} then errors
			else jsonb_path_query_array(errors || $8::jsonb, '$[0 to ${MAX_IMPORT_ERRORS - 1}]') end
	where id = $1 and fence = $2 and status = 'processing' returning id`,
);

const RELEASE = statement("imports.release", "update imports set held_until = null where id = $1 and fence = $2");

const FINISH = statement<{ id: string }>(
	"imports.finish",
	`with finished as (
		update imports set status = $3, failure = $4, finished_at = now()
		where id = $1 and fence = $2 and status = 'processing' returning id
	), read as (
		delete from import_parts using finished where import_id = finished.id
	)
	select id from finished`,
);

const FORGET_SKUS = purging("imports.forgetSkus", "import_skus", "where import_id = $1");

/** What was uploaded and never became an import, reports after a month. */
export const PURGE_PARTS = purging(
	"imports.purgeParts",
	"import_parts",
	`where received_at < now() - interval '1 day'
		and not exists (select from imports where id = import_id and status = 'processing')`,
);
/** What an import has read whose node died before it had forgotten it; looked for by import, for rows may be millions. */
export const PURGE_SKUS = purging(
	"imports.purgeSkus",
	"import_skus",
	`where import_id = (
		select id from imports
		where finished_at is not null and exists (select from import_skus where import_id = imports.id) limit 1
	)`,
);
export const PURGE_IMPORTS = purging("imports.purge", "imports", "where finished_at < now() - interval '30 days'");

export interface NewImport extends Omit<ImportJob, keyof Tally | "fence"> {
	readonly bytes: number;
}

export async function insertImport(tx: Queryable, job: NewImport): Promise<void> {
	const { id, author, isDryRun, bytes, operationKey, requestId } = job;
	await tx.query(INSERT, [id, author.userId, author.role, isDryRun, bytes, operationKey, requestId]);
}

/** @param authorId whose imports may be seen; null sees everybody's */
export async function findImport(db: Queryable, id: string, authorId: string | null): Promise<Import | undefined> {
	return (await db.query(FIND, [id, authorId]))[0];
}

/** Takes an import that nobody works on, the oldest first. */
export async function takeImport(db: Queryable, holder: string): Promise<ImportJob | undefined> {
	return (await db.query(TAKE, [holder]))[0];
}

/** What a batch of rows came to. */
export interface Advance extends Tally {
	/** What is shown in another way from now on. */
	readonly changedIds: readonly string[];
	readonly consumedBytes: number;
	readonly errors: readonly RowError[];
}

/** Notes a batch. @returns false when another node has taken the import over */
export async function advanceImport(tx: Queryable, { id, fence }: ImportJob, advance: Advance): Promise<boolean> {
	const { consumedBytes, created, updated, unchanged, invalid, errors } = advance;
	const values = [id, fence, consumedBytes, created, updated, unchanged, invalid, JSON.stringify(errors)];
	return (await tx.query(ADVANCE, values)).length > 0;
}

export async function releaseImport(db: Queryable, { id, fence }: ImportJob): Promise<void> {
	await db.query(RELEASE, [id, fence]);
}

/**
 * Ends an import and drops its file.
 *
 * @param failure why it ended before its file did
 * @returns false when another node has taken the import over
 */
export async function finishImport(db: Queryable, { id, fence }: ImportJob, failure: string | null): Promise<boolean> {
	const status = failure === null ? "completed" : "failed";
	return (await db.query(FINISH, [id, fence, status, failure])).length > 0;
}

/** Forgets a batch of the SKUs that an import has read. @returns whether some are left */
export async function forgetSkus(db: Queryable, { id }: ImportJob): Promise<boolean> {
	return (await db.query(FORGET_SKUS, [id])).length > 0;
}
