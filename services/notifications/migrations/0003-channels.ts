import { OPERATIONS_TABLES } from "../../../mixins/operations.ts";

/**
 * More channels than mail, and notifications to addresses that belong to no user. An address that was named directly
 * is kept until the notification is settled, then only its hash is: what is known of a user is asked for.
 */
export default `
	alter table notification_logs
		alter column user_id drop not null,
		add column recipient text,
		add column recipient_key text,
		add column reason text,
		add column postponed integer not null default 0,
		add column is_test boolean not null default false,
		add column provider text,
		add column provider_reference text,
		add column locale text,
		add column template_version integer,
		drop constraint notification_logs_status_check,
		add check (status in ('queued', 'sent', 'delivered', 'bounced', 'failed', 'suppressed')),
		drop constraint notification_logs_dedupe_key_key;

	update notification_logs set recipient_key = user_id::text;
	update notification_logs
	set notification_type = renamed.to_name, dedupe_key = replace(dedupe_key, renamed.from_name || ':', renamed.to_name || ':')
	from (values ('order_confirmation', 'order-confirmed'), ('order_cancellation', 'order-cancelled'))
		as renamed (from_name, to_name)
	where notification_type = renamed.from_name;

	alter table notification_logs
		alter column recipient_key set not null,
		add constraint notification_logs_once unique (dedupe_key, recipient_key, channel);
	drop index notification_logs_due;
	create index notification_logs_due on notification_logs (channel, next_attempt_at) where status = 'queued';

	create table notification_preferences (
		user_id uuid primary key,
		topics jsonb not null default '{}',
		quiet_from text,
		quiet_to text,
		timezone text,
		version integer not null default 1,
		updated_at timestamptz not null default now()
	);

	create table push_subscriptions (
		id uuid primary key,
		user_id uuid not null,
		endpoint text not null unique,
		p256dh text not null,
		auth text not null,
		created_at timestamptz not null default now()
	);
	create index push_subscriptions_of_user on push_subscriptions (user_id);

	create table suppressions (
		channel text not null,
		recipient_hash text not null,
		user_id uuid,
		reason text not null,
		created_at timestamptz not null default now(),
		primary key (channel, recipient_hash)
	);
	create index suppressions_age on suppressions (created_at);
	create index suppressions_of_user on suppressions (user_id);

	create table templates (
		name text primary key,
		topic text not null,
		created_at timestamptz not null default now()
	);
	create table template_versions (
		id uuid primary key,
		name text not null references templates,
		locale text not null,
		version integer not null,
		subject text not null,
		text text not null,
		html text,
		short text,
		created_by uuid,
		created_at timestamptz not null default now(),
		unique (name, locale, version)
	);

	-- Whose an order is: a refund names the order only, and its fact may come first.
	create table order_customers (
		order_id uuid primary key,
		user_id uuid,
		refunds jsonb not null default '[]',
		seen_at timestamptz not null default now()
	);
	create index order_customers_of_user on order_customers (user_id);
	create index order_customers_unknown on order_customers (seen_at) where user_id is null;
	insert into order_customers (order_id, user_id)
	select distinct on (order_id) order_id, user_id
	from (select split_part(dedupe_key, ':', 2)::uuid as order_id, user_id from notification_logs
		where notification_type in ('order-confirmed', 'order-cancelled')) as told;

	${OPERATIONS_TABLES}
`;
