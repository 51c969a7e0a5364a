import { statement } from "../../sql/database.ts";
import { purging } from "../../sql/purge.ts";
import type { Collection } from "../collection.ts";
import type { Entry, Stored } from "../entry.ts";
import { CLAIM_SECONDS } from "../store.ts";

/** The live documents of a collection. Its name stands there as it is, since its indexes are partial by it. */
export const liveOf = (name: string): string =>
	`collection = '${name}' and document is not null
		and generation = (select live from document_collections where name = '${name}')`;

export const COLUMNS = "id, version::double precision as version, document";
const GIVEN = "json_to_recordset($1::json) as given (id text, version bigint, document jsonb)";
const NEWER = `on conflict (collection, generation, id) do update
		set version = excluded.version, document = excluded.document where stored.version < excluded.version`;

/** Reading one document, and writing. */
export const entryStatements = ({ name }: Collection) => ({
	get: statement<Stored>(`documents.${name}.get`, `select ${COLUMNS} from documents where ${liveOf(name)} and id = $1`),

	/** To what is read and, while one is rebuilt, to the shadow too: one statement sees one state of both. */
	put: statement<{ applied: number; isKnown: boolean }>(
		`documents.${name}.put`,
		`with state as (select live, shadow from document_collections where name = '${name}'),
		target as (
			select live as generation from state union all select shadow from state where shadow is not null
		), written as (
			insert into documents as stored (collection, generation, id, version, document)
			select '${name}', generation, id, version, document from ${GIVEN} cross join target order by id, generation
			${NEWER} returning generation
		)
		select count(*) filter (where generation = (select live from state))::integer as applied,
			exists (select from state) as "isKnown"
		from written`,
	),
});

/** The steps of a rebuild; `$1`, and `$2` of `fill`, is the claim, without which a step does nothing. */
export const rebuildStatements = ({ name }: Collection) => ({
	begin: statement<{ live: number; made: number }>(
		`documents.${name}.begin`,
		`update document_collections set last = last + 1, shadow = last + 1, rebuild = $1, renewed_at = now()
		where name = '${name}' and (rebuild is null or renewed_at < now() - interval '${CLAIM_SECONDS} seconds')
		returning live, shadow as made`,
	),

	fill: statement<{ ok: number }>(
		`documents.${name}.fill`,
		`with state as (
			update document_collections set renewed_at = now() where name = '${name}' and rebuild = $2 returning shadow
		), written as (
			insert into documents as stored (collection, generation, id, version, document)
			select '${name}', shadow, id, version, document from ${GIVEN} cross join state order by id
			${NEWER}
		)
		select 1 as ok from state`,
	),

	renew: statement<{ ok: number }>(
		`documents.${name}.renew`,
		`update document_collections set renewed_at = now() where name = '${name}' and rebuild = $1 returning 1 as ok`,
	),

	scan: statement<Entry>(
		`documents.${name}.scan`,
		`select ${COLUMNS} from documents where collection = '${name}' and generation = $1 and id > $2
		order by id limit $3`,
	),

	swap: statement<{ ok: number }>(
		`documents.${name}.swap`,
		`update document_collections set live = shadow, shadow = null, rebuild = null
		where name = '${name}' and rebuild = $1 returning 1 as ok`,
	),

	abandon: statement(
		`documents.${name}.abandon`,
		`update document_collections set shadow = null, rebuild = null where name = '${name}' and rebuild = $1`,
	),
});

/** Rows that are neither read nor being rebuilt, a batch at a time. */
export const purgeStale = ({ name }: Collection) =>
	purging(
		`documents.${name}.purge`,
		"documents",
		`where collection = '${name}' and generation not in (
			select unnest(array[live, coalesce(shadow, live)]) from document_collections where name = '${name}')`,
	);
