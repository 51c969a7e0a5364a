import { announce, outboxRows } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Learned, Reported } from "../domain/sms-report.ts";

export interface FoundSms extends Reported {
	readonly correlationId: string | null;
}

const FIND = statement<FoundSms>(
	"smsReports.find",
	`select id, user_id as "userId", channel, notification_type as template, status, correlation_id as "correlationId"
	from notification_logs where provider = 'twilio' and provider_reference = $1`,
);

/** Of reports that come at once, the first one finds it sent. */
const SAVE = statement(
	"smsReports.save",
	`with saved as (
		update notification_logs set status = $2, reason = $3, last_error = $4, announced = announced + $5
		where id = $1 and status = 'sent'
		returning id, announced, channel, user_id, reason
	), suppressed as (
		insert into suppressions (channel, recipient_hash, user_id, reason)
		select channel, $6::text, user_id, reason from saved where $6::text is not null
		on conflict (channel, recipient_hash) do nothing
	)
	${announce("$7")}`,
);

/** The SMS that Twilio knows by this name. */
export async function findSms(db: Queryable, messageSid: string): Promise<FoundSms | undefined> {
	return (await db.query(FIND, [messageSid]))[0];
}

/**
 * Writes down what was learned of an SMS, unless something was before.
 *
 * @param recipientHash of the number, when it is to get nothing any more
 * @param causeId the request that told
 */
export async function saveLearned(
	db: Queryable,
	{ id, correlationId }: FoundSms,
	{ status, reason, detail, events }: Learned,
	{ recipientHash, causeId, newId }: { recipientHash: string | null; causeId: string; newId: () => string },
): Promise<void> {
	const facts = outboxRows(events, { requestID: correlationId, id: causeId }, newId);
	await db.query(SAVE, [id, status, reason, detail, events.length, recipientHash, facts]);
}
