export default `
	-- Revoked keys stay, so that an id in a log can be told; their secrets do not.
	create table api_keys (
		id uuid primary key,
		name varchar(100) not null,
		scopes text[] not null,
		secret_hash text,
		previous_hash text,
		previous_until timestamptz,
		created_by uuid,
		created_at timestamptz not null,
		expires_at timestamptz,
		rotated_at timestamptz,
		last_used_at timestamptz,
		revoked_at timestamptz,
		version integer not null default 1,
		check (revoked_at is not null or secret_hash is not null)
	);
`;
