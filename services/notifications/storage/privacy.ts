import { UNHANDLED } from "../../../mixins/events/inbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

/** Whom to forget, as far as users know him still. */
export interface Person {
	readonly userId: string;
	readonly email: string | null;
	/** Of his addresses: they tell what was sent there without his name. */
	readonly recipientHashes: readonly string[];
}

/** Messages that wait or are dead hold what came in, an address too. */
const FORGET_MESSAGES = statement(
	"privacy.forgetMessages",
	`delete from inbox where ${UNHANDLED} and message is not null
		and (message -> 'data' ->> 'userId' = $1::text
			or lower($2::text) in (lower(message -> 'data' ->> 'email'), lower(message -> 'data' ->> 'to')))`,
);

/** What is queued is not sent any more; of the rest, that there was something stays, and what it said goes. */
const ERASE_LOGS = statement(
	"privacy.eraseLogs",
	`update notification_logs set variables = '{}', last_error = null, recipient = null, recipient_hash = null,
		status = case status when 'queued' then 'suppressed' else status end,
		reason = case status when 'queued' then 'USER_ERASED' else reason end
	where user_id = $1 or (user_id is null and recipient_key = any($2::text[]))`,
);

const ERASE_REST = statement(
	"privacy.eraseRest",
	`with preferences as (delete from notification_preferences where user_id = $1),
	subscriptions as (delete from push_subscriptions where user_id = $1),
	suppressed as (
		delete from suppressions where user_id = $1 or (user_id is null and recipient_hash = any($2::text[]))
	)
	delete from order_customers where user_id = $1`,
);

/** Newest first; older ones say no more than what the services that told them export. */
const EXPORT = statement<{ data: Record<string, unknown> }>(
	"privacy.export",
	`select json_build_object(
		'preferences', (select json_build_object('topics', topics, 'quietFrom', quiet_from, 'quietTo', quiet_to, 'timezone', timezone)
			from notification_preferences where user_id = $1),
		'pushSubscriptions', (select coalesce(json_agg(json_build_object('endpoint', endpoint, 'createdAt', created_at)), '[]')
			from push_subscriptions where user_id = $1),
		'notifications', (select coalesce(json_agg(json_build_object('template', notification_type, 'channel', channel,
				'status', status, 'variables', variables, 'createdAt', created_at, 'sentAt', sent_at)), '[]')
			from (select * from notification_logs where user_id = $1 order by id desc limit 10000) as newest)
	) as data`,
);

/** Removes what identifies a user. */
export async function eraseUser(tx: Queryable, { userId, email, recipientHashes }: Person): Promise<void> {
	// First these: who handles one at this moment has queued its notification when he lets go of the row.
	await tx.query(FORGET_MESSAGES, [userId, email]);
	await tx.query(ERASE_LOGS, [userId, recipientHashes]);
	await tx.query(ERASE_REST, [userId, recipientHashes]);
}

/** What is kept of a user. */
export async function exportUser(db: Queryable, userId: string): Promise<Record<string, unknown>> {
	return (await db.query(EXPORT, [userId]))[0]?.data ?? {};
}
