/** What a search looks at in one column, so that one index of trigrams serves all of it. */
export default `
	create extension if not exists pg_trgm;
	alter table users add column searched text not null generated always as (
		lower(email || ' ' || coalesce(username, '') || ' ' || coalesce(first_name, '') || ' ' || coalesce(last_name, ''))
	) stored;
	create index users_searched on users using gin (searched gin_trgm_ops);
`;
