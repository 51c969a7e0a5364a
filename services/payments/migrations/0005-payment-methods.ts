/**
 * The methods that customers keep, and their names at the provider. The default of a user is the one that was made the
 * default last, so there is never more than one, whoever writes at the same time.
 */
export default `
	create table payment_customers (
		user_id uuid primary key,
		reference text not null
	);
	create table payment_methods (
		id uuid primary key,
		user_id uuid not null,
		token text not null,
		customer text,
		brand text not null,
		last4 text not null,
		exp_month integer not null,
		exp_year integer not null,
		default_since timestamptz,
		created_at timestamptz not null default now(),
		unique (user_id, token)
	);
	create index payment_methods_of_user on payment_methods (user_id, id desc);
`;
