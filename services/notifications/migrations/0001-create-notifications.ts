import { INBOX_TABLES } from "../../../mixins/events/inbox.ts";
import { OUTBOX_TABLES } from "../../../mixins/events/outbox.ts";

/** A log row holds no personal data: who a notification goes to is asked of users when it is sent. */
export default `
	create table notification_logs (
		id uuid primary key,
		user_id uuid not null,
		notification_type text not null,
		channel text not null check (channel in ('email', 'sms', 'push')),
		status text not null default 'queued' check (status in ('queued', 'sent', 'failed')),
		variables jsonb not null,
		dedupe_key text not null unique,
		attempts integer not null default 0,
		next_attempt_at timestamptz not null default now(),
		last_error text,
		correlation_id text,
		causation_id text not null,
		announced integer not null default 0,
		sent_at timestamptz,
		created_at timestamptz not null default now()
	);
	create index notification_logs_due on notification_logs (next_attempt_at) where status = 'queued';
	create index notification_logs_of_user on notification_logs (user_id, id desc);

	${OUTBOX_TABLES}
	${INBOX_TABLES}
`;
