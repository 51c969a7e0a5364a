import { announce, outboxRows } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Learned, Reported } from "../domain/delivery-report.ts";

export interface FoundNotification extends Reported {
	readonly correlationId: string | null;
}

const COLUMNS = `id, user_id as "userId", channel, notification_type as template, status, correlation_id as "correlationId"`;

const FIND_SMS = statement<FoundNotification>(
	"deliveryReports.findSms",
	`select ${COLUMNS} from notification_logs where provider = 'twilio' and provider_reference = $1`,
);

const FIND_MAIL = statement<FoundNotification>(
	"deliveryReports.findMail",
	`select ${COLUMNS} from notification_logs where id = $1 and channel = 'email' and attempts > postponed`,
);

/** Of reports that come at once, the first one finds it as it was read. */
const SAVE = statement<{ id: string }>(
	"deliveryReports.save",
	`with saved as (
		update notification_logs set status = $3, reason = $4, last_error = $5, announced = announced + $6,
			sent_at = coalesce(sent_at, now()), recipient = null
		where id = $1 and status = $2
		returning id, announced, channel, user_id, reason, recipient_hash
	), suppressed as (
		insert into suppressions (channel, recipient_hash, user_id, reason)
		select channel, recipient_hash, user_id, reason from saved where $7 and recipient_hash is not null
		on conflict (channel, recipient_hash) do nothing
	), told as (${announce("$8")})
	select id from saved`,
);

/** The SMS that Twilio knows by this name. */
export async function findSms(db: Queryable, messageSid: string): Promise<FoundNotification | undefined> {
	return (await db.query(FIND_SMS, [messageSid]))[0];
}

/** A mail that was tried, whether or not that is written down. */
export async function findMail(db: Queryable, id: string): Promise<FoundNotification | undefined> {
	return (await db.query(FIND_MAIL, [id]))[0];
}

/**
 * Writes down what was learned, and suppresses the address it went to, as far as that is known still.
 *
 * @param causeId the request that told
 * @returns false when somebody else has changed its status meanwhile: then nothing is written
 */
export async function saveLearned(
	db: Queryable,
	{ id, status, correlationId }: FoundNotification,
	{ fate, events }: Learned,
	{ causeId, newId }: { causeId: string; newId: () => string },
): Promise<boolean> {
	const facts = outboxRows(events, { requestID: correlationId, id: causeId }, newId);
	const learned = [fate.status, fate.reason, fate.detail, events.length, fate.isSuppressing];
	return (await db.query(SAVE, [id, status, ...learned, facts])).length > 0;
}
