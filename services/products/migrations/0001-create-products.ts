import { OUTBOX_TABLES } from "../../../mixins/events/outbox.ts";
import { OPERATIONS_TABLES } from "../../../mixins/operations.ts";

/**
 * Stock has a table of its own, so that a sale never rewrites a product's row and its indexes. Journal and
 * reservations name products without a foreign key: checking one would lock the hot row a second time.
 */
export default `
	create table categories (
		id uuid primary key,
		name text not null,
		description text,
		parent_id uuid constraint categories_parent references categories
	);
	create unique index categories_name on categories (lower(name));
	create index categories_children on categories (parent_id);

	create table products (
		id uuid primary key,
		name text not null,
		description text,
		sku text not null,
		price numeric(14,3) not null check (price >= 0),
		category_id uuid constraint products_category references categories,
		vendor_id uuid,
		images jsonb not null default '[]',
		is_active boolean not null default true,
		version integer not null default 1,
		announced integer not null default 0,
		created_at timestamptz not null default now(),
		updated_at timestamptz not null default now(),
		deleted_at timestamptz
	);
	-- The SKU of a removed product may be used again.
	create unique index products_sku on products (lower(sku)) where deleted_at is null;
	-- A page and its total come from these two alone.
	create index products_on_sale on products (id) where is_active and deleted_at is null;
	create index products_of_category on products (category_id, id) include (is_active, deleted_at);

	create table inventory (
		product_id uuid primary key references products,
		initial integer not null default 0 check (initial >= 0),
		adjusted bigint not null default 0,
		available integer not null default 0 check (available >= 0),
		reserved integer not null default 0 check (reserved >= 0),
		sold bigint not null default 0 check (sold >= 0),
		restocked bigint not null default 0 check (restocked >= 0),
		low_stock_threshold integer not null default 0 check (low_stock_threshold >= 0),
		constraint inventory_balanced check (restocked + adjusted + initial = sold + available + reserved)
	) with (fillfactor = 50);

	create table reservations (
		id uuid primary key,
		order_id uuid,
		status text not null check (status in ('held', 'committed', 'released', 'restocked')),
		product_ids uuid[] not null default '{}',
		quantities bigint[] not null default '{}',
		expires_at timestamptz,
		created_at timestamptz not null default now(),
		ended_at timestamptz
	);
	create index reservations_held on reservations (expires_at) where status = 'held';

	-- One command moves several products under one id, hence the pair.
	create table movements (
		product_id uuid not null,
		id uuid not null,
		kind text not null check (kind in ('initial', 'adjusted', 'reserved', 'released', 'sold', 'restocked')),
		quantity integer not null,
		order_id uuid,
		reason text,
		created_at timestamptz not null default now(),
		primary key (product_id, id),
		check (quantity > 0 or kind = 'adjusted')
	);

	create function refuse_change() returns trigger language plpgsql as $$
	begin
		raise exception 'The journal is append-only: correct a movement by another one.';
	end $$;
	create trigger movements_append_only before update or delete or truncate on movements
		for each statement execute function refuse_change();

	-- Empty at every instant: the stock of a product, its journal and its reservations tell the same story.
	create view stock_discrepancies as
	with journal as (
		select product_id,
			sum(quantity) filter (where kind = 'initial') as initial,
			sum(quantity) filter (where kind = 'adjusted') as adjusted,
			sum(quantity) filter (where kind = 'reserved') as reserved,
			sum(quantity) filter (where kind = 'released') as released,
			sum(quantity) filter (where kind = 'sold') as sold,
			sum(quantity) filter (where kind = 'restocked') as restocked
		from movements group by product_id
	), promised as (
		select line.product_id,
			sum(line.quantity) filter (where status = 'held') as held,
			sum(line.quantity) filter (where status in ('committed', 'restocked')) as sold,
			sum(line.quantity) filter (where status = 'restocked') as restocked
		from reservations cross join unnest(product_ids, quantities) as line (product_id, quantity)
		group by line.product_id
	)
	select inventory.*
	from inventory left join journal using (product_id) left join promised using (product_id)
	where inventory.restocked + inventory.adjusted + inventory.initial
			<> inventory.sold + inventory.available + inventory.reserved
		or inventory.initial <> coalesce(journal.initial, 0)
		or inventory.adjusted <> coalesce(journal.adjusted, 0)
		or inventory.sold <> coalesce(journal.sold, 0)
		or inventory.restocked <> coalesce(journal.restocked, 0)
		or inventory.reserved
			<> coalesce(journal.reserved, 0) - coalesce(journal.released, 0) - coalesce(journal.sold, 0)
		or inventory.reserved <> coalesce(promised.held, 0)
		or inventory.sold <> coalesce(promised.sold, 0)
		or inventory.restocked <> coalesce(promised.restocked, 0);

	${OUTBOX_TABLES}
	${OPERATIONS_TABLES}
`;
