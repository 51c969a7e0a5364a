import type { Collection, FieldKind } from "../collection.ts";

/**
 * Documents of all collections of a service. A generation is what one rebuild made; one of them is live. A row
 * without a document is a tombstone.
 */
export const DOCUMENTS_TABLES = `
	create table document_collections (
		name text primary key,
		live integer not null default 1,
		last integer not null default 1,
		shadow integer,
		rebuild uuid,
		renewed_at timestamptz
	);

	create table documents (
		collection text not null references document_collections,
		generation integer not null,
		id text collate "C" not null,
		version bigint not null check (version > 0),
		document jsonb,
		primary key (collection, generation, id)
	);
`;

/** Adds a collection to the tables, with an index for each field that lists ask for. */
export const documentCollection = ({ name, fields }: Collection): string => `
	insert into document_collections (name) values ('${name}');
	${Object.entries(fields)
		.map(([field, kind]) => indexOf(name, field, kind))
		.join("\n\t")}
`;

function indexOf(name: string, field: string, kind: FieldKind): string {
	const columns =
		kind === "tags"
			? `using gin ((${valueOf(field, kind)})) with (fastupdate = off)`
			: `(generation, (${valueOf(field, kind)}), id)`;
	return `create index documents_${name}_${field} on documents ${columns}
		where collection = '${name}' and document is not null;`;
}

/** The value of a field in SQL. Texts compare byte by byte, as in MongoDB and in every locale. */
export function valueOf(field: string, kind: FieldKind): string {
	const text = `document ->> '${field}'`;
	if (kind === "tags") return `document -> '${field}'`;
	if (kind === "number") return `(${text})::double precision`;
	return kind === "boolean" ? `(${text})::boolean` : `(${text}) collate "C"`;
}
