import { UNHANDLED } from "../../../mixins/events/inbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

/**
 * Facts that name the person: of the account, of the registrations that led to it, and the mails to an address that he
 * left, which came with the change.
 */
const NAMES_HIM = `(aggregate_type = 'user' and aggregate_id = $1::text and name = 'user.created')
	or (aggregate_type = 'registration'
		and aggregate_id in (select id::text from registrations where user_id = $1::uuid))
	or (aggregate_type = 'mail' and causation_id in (
		select causation_id from outbox where aggregate_type = 'user' and aggregate_id = $1::text and name = 'user.updated'))`;

const WAITING = statement<{ ok: number }>(
	"users.personal facts waiting",
	`select 1 as ok from outbox where published_at is null and (${NAMES_HIM}) limit 1`,
);

/** Of the messages that came in only those are kept that wait or are dead; who sent them knows his address, not his id. */
const FORGET = statement(
	"users.forget person",
	`with facts as (
		delete from outbox where published_at is not null and (${NAMES_HIM})
	),
	messages as (
		delete from inbox where ${UNHANDLED} and message is not null
			and (message -> 'data' ->> 'userId' = $1::text or lower(message -> 'data' ->> 'email') = lower($2))
	),
	opened as (delete from sessions where user_id = $1::uuid),
	links as (delete from mail_links where user_id = $1::uuid),
	activities as (
		update user_activities set ip_address = null, user_agent = null
		where user_id = $1::uuid and (ip_address is not null or user_agent is not null)
	)
	delete from registrations where user_id = $1::uuid`,
);

/** Whether facts with the person's data are still to be published. */
export async function isPersonAwaited(tx: Queryable, userId: string): Promise<boolean> {
	return (await tx.query(WAITING, [userId])).length > 0;
}

/** Removes what tells who the user was, from every table but that of the users. */
export async function forgetPerson(tx: Queryable, userId: string, email: string): Promise<void> {
	await tx.query(FORGET, [userId, email]);
}
