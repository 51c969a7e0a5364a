/** The fewest tables that hold what the answers need. */
export const FLOOR_TABLES = `
	create table categories (id uuid primary key, name text not null);

	create table products (
		id uuid primary key,
		name text not null,
		description text,
		sku text not null,
		price numeric(14,3) not null,
		category_id uuid references categories,
		vendor_id uuid,
		stock integer not null check (stock >= 0),
		is_active boolean not null default true,
		images jsonb not null default '[]',
		version integer not null default 1,
		created_at timestamptz not null,
		updated_at timestamptz not null,
		search tsvector not null generated always as (
			setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', sku), 'B')
			|| setweight(to_tsvector('english', coalesce(description, '')), 'D')
		) stored
	) with (fillfactor = 50);
	create index products_on_sale on products (id) where is_active;
	create index products_search on products using gin (search) where is_active;

	create table users (
		id uuid primary key,
		email text not null,
		password_hash text not null,
		username text,
		first_name text,
		last_name text,
		phone text,
		address jsonb,
		role text not null,
		is_active boolean not null default true,
		preferences jsonb not null default '{}',
		email_verified_at timestamptz,
		created_at timestamptz not null,
		updated_at timestamptz not null
	);
	create unique index users_email on users (lower(email));

	create table sessions (
		id uuid primary key,
		user_id uuid not null references users,
		refresh_token_hash text not null unique,
		created_at timestamptz not null
	);

	create table orders (
		id uuid primary key,
		number text not null,
		user_id uuid not null,
		status text not null,
		payment_status text not null,
		total_amount numeric(14,3) not null,
		currency char(3) not null,
		payment_id uuid not null,
		shipping jsonb not null,
		billing jsonb not null,
		created_at timestamptz not null,
		updated_at timestamptz not null
	);
	create index orders_of_user on orders (user_id, id desc);

	create table order_items (
		order_id uuid not null,
		line integer not null,
		product_id uuid not null,
		name text not null,
		quantity integer not null,
		unit_price numeric(14,3) not null,
		primary key (order_id, line)
	);

	create table payments (
		id uuid primary key,
		order_id uuid not null unique,
		amount numeric(14,3) not null,
		currency char(3) not null,
		method text not null,
		status text not null,
		created_at timestamptz not null
	);

	create table events (
		id bigint generated always as identity primary key,
		order_id uuid not null,
		name text not null,
		body json not null,
		occurred_at timestamptz not null
	);
`;
