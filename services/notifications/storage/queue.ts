import { announce, outboxRows } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Channel } from "../../contracts/notifications.ts";
import type { Settlement, Taken } from "../domain/attempt.ts";

export interface NewNotification {
	readonly id: string;
	readonly userId: string | null;
	/** An address or number that was named directly. */
	readonly recipient: string | null;
	/** Whom it is to, for the dedupe: the user, or the hash of the address. */
	readonly recipientKey: string;
	readonly channel: Channel;
	readonly template: string;
	readonly variables: object;
	/** One business event leads to one notification for each recipient and channel: the template and what it is about. */
	readonly dedupeKey: string;
	/** Leave it out when there is no browser to push to. */
	readonly isOptional: boolean;
	readonly isTest: boolean;
	readonly locale: string | null;
	readonly correlationId: string | null;
	readonly causationId: string;
}

const ENQUEUE = statement(
	"notifications.enqueue",
	`insert into notification_logs
		(id, user_id, recipient, recipient_key, notification_type, channel, variables, dedupe_key, is_test, locale,
			correlation_id, causation_id)
	select id, "userId", recipient, "recipientKey", template, channel, variables, "dedupeKey", "isTest", locale,
		"correlationId", "causationId"
	from json_to_recordset($1::json) as wanted (
		id uuid, "userId" uuid, recipient text, "recipientKey" text, template text, channel text, variables jsonb,
		"dedupeKey" text, "isOptional" boolean, "isTest" boolean, locale text, "correlationId" text, "causationId" text)
	where not "isOptional" or exists (select from push_subscriptions where user_id = "userId")
	on conflict (dedupe_key, recipient_key, channel) do nothing`,
);

/** Taken for two minutes: longer than an attempt lasts when every wait in it times out. */
const TAKE = statement<Taken>(
	"notifications.take",
	`update notification_logs set attempts = attempts + 1, last_error = null, next_attempt_at = now() + interval '2 min'
	where id in (
		select id from notification_logs where status = 'queued' and channel = $1 and next_attempt_at <= now()
		order by next_attempt_at limit $2 for update skip locked)
	returning id, user_id as "userId", recipient, notification_type as template, channel, variables, is_test as "isTest",
		locale, attempts, postponed, correlation_id as "correlationId", causation_id as "causationId"`,
);

/**
 * A whole batch with its facts and suppressions; the attempt is the fence of a sender that was too slow. An address
 * that was named directly is forgotten with the last attempt.
 */
const SETTLE = statement(
	"notifications.settle",
	`with saved as (
		update notification_logs as log
		set status = settled.status, reason = settled.reason, last_error = settled.detail,
			sent_at = case when settled.status = 'sent' then now() end,
			next_attempt_at = now() + settled."retryAfterMs" * interval '1 ms',
			postponed = log.postponed + settled."isPostponed"::int,
			provider = settled.provider, provider_reference = settled.reference,
			locale = coalesce(settled.locale, log.locale), template_version = settled."templateVersion",
			recipient_hash = settled."recipientHash",
			recipient = case when settled.status = 'queued' then log.recipient end,
			announced = log.announced + settled."isTold"::int
		from json_to_recordset($1::json) as settled (
			id uuid, attempts integer, status text, reason text, detail text, "retryAfterMs" double precision,
			"isPostponed" boolean, provider text, reference text, locale text, "templateVersion" integer,
			"recipientHash" text, "isTold" boolean, suppresses text)
		where log.id = settled.id and log.status = 'queued' and log.attempts = settled.attempts
		returning log.id, log.announced, log.channel, log.user_id, log.reason, settled.suppresses
	), suppressed as (
		insert into suppressions (channel, recipient_hash, user_id, reason)
		select channel, suppresses, user_id, reason from saved where suppresses is not null
		on conflict (channel, recipient_hash) do nothing
	)
	${announce("$2")} where fact.aggregate_id = saved.id::text`,
);

/** Queues notifications; those that the same business event has led to before are left out. */
export async function enqueue(tx: Queryable, wanted: readonly NewNotification[]): Promise<void> {
	await tx.query(ENQUEUE, [JSON.stringify(wanted)]);
}

/** Takes notifications of a channel that are due; another sender leaves them alone meanwhile. */
export const takeDue = (db: Queryable, channel: Channel, limit: number): Promise<Taken[]> =>
	db.query(TAKE, [channel, limit]);

export async function saveSettlements(
	db: Queryable,
	settlements: readonly Settlement[],
	newId: () => string,
): Promise<void> {
	const facts = settlements.flatMap((settlement) => factRows(settlement, newId));
	await db.query(SETTLE, [JSON.stringify(settlements.map(rowOf)), JSON.stringify(facts)]);
}

const rowOf = ({ notification, events, sent, ...settled }: Settlement) => ({
	...settled,
	id: notification.id,
	attempts: notification.attempts,
	isTold: events.length > 0,
	...sent,
});

/** Each notification is an aggregate of its own, so its facts are counted apart. */
function factRows({ notification, events }: Settlement, newId: () => string): unknown[] {
	const cause = { requestID: notification.correlationId, id: notification.causationId };
	return JSON.parse(outboxRows(events, cause, newId)) as unknown[];
}
