/**
 * Search. A product's document is made of its own row alone, so that a category may be renamed or moved without
 * rewriting its products: it holds the category's id as a lexeme, and a query asks for the ids that a word names.
 */
export default `
	create extension if not exists pg_trgm;

	-- Words as they are compared: without accents and capitals whatever the locale of the database, and with a
	-- space for all that is neither letter nor digit, since PostgreSQL's own parser takes KX-340 for the number -340.
	create function search_text(given text) returns text language sql immutable strict parallel safe as $$
		select lower(regexp_replace(
			regexp_replace(normalize(given, NFD), '[\\u0300-\\u036f]+', '', 'g') collate "und-x-icu",
			'[^[:alnum:]]+', ' ', 'g'
		))
	$$;

	alter table products add column search tsvector not null generated always as (
		setweight(to_tsvector('english', search_text(name)), 'A')
		|| setweight(to_tsvector('english', search_text(sku) || ' ' || replace(search_text(sku), ' ', '')), 'B')
		|| coalesce(('''@' || category_id || ''':1C')::tsvector, ''::tsvector)
		|| setweight(to_tsvector('english', coalesce(search_text(description), '')), 'D')
	) stored;
	-- Without a list of pending entries, which each search would read through.
	create index products_search on products using gin (search) with (fastupdate = off)
		where is_active and deleted_at is null;

	alter table categories add column search tsvector not null generated always as (
		to_tsvector('english', search_text(name))
	) stored;

	-- How a list is sorted, and the same within a category. Names by their beginning, which bounds index and cursor.
	create function name_key(name text) returns text language sql immutable strict parallel safe as $$
		select left(search_text(name), 60)
	$$;
	create index products_by_price on products (price, id) where is_active and deleted_at is null;
	create index products_by_name on products (name_key(name), id) where is_active and deleted_at is null;
	create index products_of_category_by_price on products (category_id, price, id) where is_active and deleted_at is null;
	create index products_of_category_by_name on products (category_id, name_key(name), id)
		where is_active and deleted_at is null;

	-- Changes only when the last unit goes or the first comes: indexing what is available would rewrite at each sale.
	alter table inventory add column in_stock boolean not null generated always as (available > 0) stored;
	create index inventory_in_stock on inventory (product_id) where in_stock;
	create index inventory_out_of_stock on inventory (product_id) where not in_stock;

	-- A search is over before helpers would have started: what is unsafe for them keeps the planner from calling them.
	create function search_rank(document tsvector, query tsquery) returns real language sql immutable parallel unsafe as $$
		select ts_rank(document, query)
	$$;

	-- The word itself, and all that it becomes when one letter is left out: two words within one edit share one.
	create function deletions(word text) returns text[] language sql immutable strict parallel safe as $$
		select array_agg(distinct left(word, at - 1) || substr(word, at + 1)) || word
		from generate_series(1, length(word)) as at
	$$;

	-- The words of names, to correct a misspelled one by. Without digits: a model's neighbour is another model.
	create table search_words (
		word text primary key,
		deletions text[] not null generated always as (deletions(word)) stored
	);
	create index search_words_deletions on search_words using gin (deletions);
	create index search_words_trigrams on search_words using gin (word gin_trgm_ops);

	create function words_of(name text) returns setof text language sql immutable strict parallel safe as $$
		select word from regexp_split_to_table(search_text(name), ' ') as word
		where length(word) between 3 and 40 and word !~ '[[:digit:]]'
	$$;

	-- In one order, so that two commands with the same new words never wait for each other.
	create function learn_words() returns trigger language plpgsql as $$
	begin
		insert into search_words (word)
		select distinct said.word from named cross join lateral words_of(named.name) as said (word)
		where not exists (select from search_words as known where known.word = said.word)
		order by said.word
		on conflict do nothing;
		return null;
	end $$;
	create trigger products_named after insert on products
		referencing new table as named for each statement execute function learn_words();
	create trigger categories_named after insert on categories
		referencing new table as named for each statement execute function learn_words();

	create function learn_new_name() returns trigger language plpgsql as $$
	begin
		insert into search_words (word) select distinct word from words_of(new.name) as word order by word
		on conflict do nothing;
		return null;
	end $$;
	create trigger products_renamed after update of name on products
		for each row when (old.name <> new.name) execute function learn_new_name();
	create trigger categories_renamed after update of name on categories
		for each row when (old.name <> new.name) execute function learn_new_name();

	insert into search_words (word)
	select distinct word from (select name from products union all select name from categories) as named
		cross join lateral words_of(named.name) as word
	order by word;
`;
