/**
 * The version of a product's stock, and imports: their files in parts, what became of them so far, and the SKUs
 * that each has read.
 */
export default `
	alter table inventory add column version bigint not null default 1;

	create index products_of_vendor on products (vendor_id, id) where deleted_at is null;

	create table imports (
		id uuid primary key,
		author_id uuid not null,
		author_role text not null,
		is_dry_run boolean not null,
		status text not null default 'processing' check (status in ('processing', 'completed', 'failed')),
		bytes bigint not null,
		consumed_bytes bigint not null default 0,
		created integer not null default 0,
		updated integer not null default 0,
		unchanged integer not null default 0,
		invalid integer not null default 0,
		-- The first of them, and how many there were.
		errors jsonb not null default '[]',
		error_count integer not null default 0,
		failure text,
		operation_key text,
		request_id text,
		-- Who works on it; a lease, so that another node goes on when that one died.
		holder text,
		fence integer not null default 0,
		held_until timestamptz,
		created_at timestamptz not null default now(),
		finished_at timestamptz
	);
	create index imports_open on imports (id) where status = 'processing';
	create index imports_finished on imports (finished_at) where finished_at is not null;

	-- Written before the import is, so without a foreign key; what never became one is purged by its age.
	create table import_parts (
		import_id uuid not null,
		part integer not null,
		bytes bytea not null,
		received_at timestamptz not null default now(),
		primary key (import_id, part)
	);
	alter table import_parts alter column bytes set storage external;
	create index import_parts_age on import_parts (received_at);

	create table import_skus (
		import_id uuid not null,
		sku text not null,
		primary key (import_id, sku)
	);
`;
