/**
 * `standing` says why an account is not active when it is not simply deactivated. `is_active` stays a column of its own,
 * which nodes of the release before know.
 */
export default `
	alter table users
		alter column password_hash drop not null,
		add column standing text check (standing in ('invited', 'erasing', 'erased')),
		add column email_verified_at timestamptz,
		add column erasure_requested_at timestamptz,
		add column erased_at timestamptz,
		add constraint users_standing check (standing is null or not is_active);
	create index users_active_admins on users (id) where role = 'admin' and is_active;

	-- A link that was mailed, one for each purpose: asking again ends the one before. Its secret is derived, not stored.
	create table mail_links (
		user_id uuid not null references users,
		purpose text not null check (purpose in ('verify-email', 'reset-password', 'invitation')),
		token_id uuid not null unique,
		expires_at timestamptz not null,
		used_at timestamptz,
		-- How many were mailed in the hour that began then.
		mails integer not null default 1,
		mails_since timestamptz not null,
		primary key (user_id, purpose)
	);

	create table user_activities (
		id uuid primary key,
		user_id uuid not null references users,
		activity_type text not null,
		activity_data jsonb not null default '{}',
		ip_address inet,
		user_agent text,
		created_at timestamptz not null
	);
	create index user_activities_of_user on user_activities (user_id, id desc);
	create index user_activities_failed on user_activities (user_id, created_at) where activity_type = 'LOGIN_FAILED';
	create index sessions_of_user_by_id on sessions (user_id, id desc);
	drop index sessions_of_user;
`;
