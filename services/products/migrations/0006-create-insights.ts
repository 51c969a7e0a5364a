/** What shoppers look at and buy: a row for each product and day, and which products share baskets. */
export default `
	create table product_analytics (
		product_id uuid not null,
		date date not null,
		views bigint not null default 0 check (views >= 0),
		purchases bigint not null default 0 check (purchases >= 0),
		revenue numeric(17,3) not null default 0,
		primary key (product_id, date)
	);

	-- How many baskets a product was in.
	create table basket_counts (
		product_id uuid primary key,
		baskets integer not null
	);
	create index basket_counts_popular on basket_counts (baskets desc, product_id);

	-- Of how many baskets two products were both in; each pair in both directions, so that one index answers.
	create table co_purchases (
		product_id uuid not null,
		other_id uuid not null,
		baskets integer not null,
		primary key (product_id, other_id)
	);
	create index co_purchases_strongest on co_purchases (product_id, baskets desc, other_id);
`;
