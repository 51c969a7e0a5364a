import { announce, outboxRows } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Settlement, Taken } from "../domain/attempt.ts";

export interface NewNotification {
	readonly id: string;
	readonly userId: string;
	readonly template: string;
	readonly variables: object;
	/** One business event leads to one notification: the template and what it is about. */
	readonly dedupeKey: string;
	readonly correlationId: string | null;
	readonly causationId: string;
}

const ENQUEUE = statement(
	"notifications.enqueue",
	`insert into notification_logs
		(id, user_id, notification_type, channel, variables, dedupe_key, correlation_id, causation_id)
	values ($1, $2, $3, 'email', $4, $5, $6, $7)
	on conflict (dedupe_key) do nothing`,
);

/** Taken for two minutes: longer than a batch lasts when every wait for the mail server times out. */
const TAKE = statement<Taken>(
	"notifications.take",
	`update notification_logs set attempts = attempts + 1, last_error = null, next_attempt_at = now() + interval '2 min'
	where id in (
		select id from notification_logs where status = 'queued' and next_attempt_at <= now()
		order by next_attempt_at limit $1 for update skip locked)
	returning id, user_id as "userId", notification_type as template, channel, variables, attempts,
		correlation_id as "correlationId", causation_id as "causationId"`,
);

/** A whole batch with its facts; the attempt is the fence of a sender that was too slow. */
const SETTLE = statement(
	"notifications.settle",
	`with saved as (
		update notification_logs as log
		set status = settled.status, last_error = settled.detail,
			sent_at = case when settled.status = 'sent' then now() end,
			next_attempt_at = now() + settled.retry_after_ms * interval '1 ms',
			announced = log.announced + (settled.status <> 'queued')::int
		from json_to_recordset($1::json) as settled (
			id uuid, attempts integer, status text, detail text, retry_after_ms double precision)
		where log.id = settled.id and log.status = 'queued' and log.attempts = settled.attempts
		returning log.id, log.announced
	)
	${announce("$2")} where fact.aggregate_id = saved.id::text`,
);

export async function enqueue(tx: Queryable, wanted: NewNotification): Promise<void> {
	const { id, userId, template, variables, dedupeKey, correlationId, causationId } = wanted;
	await tx.query(ENQUEUE, [id, userId, template, variables, dedupeKey, correlationId, causationId]);
}

/** Takes the notifications that are due; another sender leaves them alone meanwhile. */
export const takeDue = (db: Queryable, limit: number): Promise<Taken[]> => db.query(TAKE, [limit]);

export async function saveSettlements(
	db: Queryable,
	settlements: readonly Settlement[],
	newId: () => string,
): Promise<void> {
	const rows = settlements.map(({ notification, status, detail, retryAfterMs }) => ({
		id: notification.id,
		attempts: notification.attempts,
		status,
		detail,
		retry_after_ms: retryAfterMs,
	}));
	const facts = settlements.flatMap((settlement) => factRows(settlement, newId));
	await db.query(SETTLE, [JSON.stringify(rows), JSON.stringify(facts)]);
}

/** Each notification is an aggregate of its own, so its facts are counted apart. */
function factRows({ notification, events }: Settlement, newId: () => string): unknown[] {
	const cause = { requestID: notification.correlationId, id: notification.causationId };
	return JSON.parse(outboxRows(events, cause, newId)) as unknown[];
}
