import { OUTBOX_TABLES } from "../../../mixins/events/outbox.ts";

export default `
	create table users (
		id uuid primary key,
		email varchar(255) not null,
		username varchar(100),
		password_hash text not null,
		first_name varchar(100),
		last_name varchar(100),
		phone varchar(20),
		address jsonb,
		role text not null check (role in ('customer', 'vendor', 'admin')),
		is_active boolean not null default true,
		preferences jsonb not null default '{}',
		version integer not null,
		announced integer not null default 0,
		created_at timestamptz not null,
		updated_at timestamptz not null
	);
	create unique index users_email on users (lower(email));
	create unique index users_username on users (lower(username));

	-- One row a login: the family of the refresh tokens that follow from it.
	create table sessions (
		id uuid primary key,
		user_id uuid not null references users,
		address text,
		user_agent text,
		created_at timestamptz not null,
		last_used_at timestamptz not null,
		revoked_at timestamptz
	);
	create index sessions_of_user on sessions (user_id);
	create index sessions_by_age on sessions (last_used_at);

	-- Used tokens stay until they expire: that is how a second use is noticed.
	create table refresh_tokens (
		hash text primary key,
		session_id uuid not null references sessions on delete cascade,
		expires_at timestamptz not null,
		used_at timestamptz
	);
	create index refresh_tokens_of_session on refresh_tokens (session_id);
	create index refresh_tokens_by_expiry on refresh_tokens (expires_at);

	${OUTBOX_TABLES}
`;
