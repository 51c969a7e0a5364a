import { announce } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { LinkPurpose } from "../../contracts/credentials.ts";

/** A link to be mailed. */
export interface NewLink {
	readonly purpose: LinkPurpose;
	readonly tokenId: string;
	readonly askedAt: Date;
	readonly expiresAt: Date;
}

/** A mail to be asked for, with the link in it if there is one. */
export interface NewMail {
	readonly link?: NewLink;
	/** The fact as JSON, for the outbox. */
	readonly outbox: string;
}

/** A mail to an address that the account has no more. */
export interface Notice {
	/** The fact as JSON, for the outbox. */
	readonly outbox: string;
	/** Sent only with the mail beside it, of which there are so many an hour: whose the address is nobody has shown. */
	readonly isCounted: boolean;
}

/** A link that is stored and open. */
export interface OpenLink {
	readonly userId: string;
	/** The user's now, with which every link to another one has ended. */
	readonly email: string;
	readonly purpose: LinkPurpose;
	readonly tokenId: string;
	readonly expiresAt: Date;
}

/** More than this many mails of one purpose an hour are not sent to one user; the last link stays. */
const MAILS_AN_HOUR = 10;
const IS_NEW_HOUR = "mail_links.mails_since < excluded.mails_since - interval '1 hour'";

/**
 * Parts of a `with` statement that ask for a mail to the user whose `id` the part `saved` gives, with a link that ends
 * the user's older one of the same purpose.
 *
 * @param links the statement's parameter that holds `linkRows`, e.g. `$2`
 * @param mails the one that holds `mailRows`
 */
export const mailing = (links: string, mails: string): string => `
	linked as (
		insert into mail_links (user_id, purpose, token_id, expires_at, mails_since)
		select saved.id, given.purpose, given.token_id, given.expires_at, given.asked_at
		from saved cross join json_to_recordset(${links}::json) as given (
			purpose text, token_id uuid, asked_at timestamptz, expires_at timestamptz)
		on conflict (user_id, purpose) do update
		set token_id = excluded.token_id, expires_at = excluded.expires_at, used_at = null,
			mails = case when ${IS_NEW_HOUR} then 1 else mail_links.mails + 1 end,
			mails_since = case when ${IS_NEW_HOUR} then excluded.mails_since else mail_links.mails_since end
		where mail_links.mails < ${MAILS_AN_HOUR} or ${IS_NEW_HOUR}
		returning mail_links.purpose
	),
	mailed as (
		with saved as (
			select 1 as announced from saved where json_array_length(${links}::json) = 0 or exists (select from linked)
		) ${announce(mails)}
	)`;

/**
 * A part that asks for a notice, beside `mailing` and the part `rider`.
 *
 * @param notices the statement's parameter that holds its outbox rows, e.g. `$3`
 */
export const noticing = (notices: string): string => `
	noticed as (
		with saved as (
			select 1 as announced from saved, rider where not rider.is_notice_counted or exists (select from linked)
		) ${announce(notices)}
	)`;

export const linkRows = (mail: NewMail | undefined): string =>
	JSON.stringify(
		[mail?.link ?? []].flat().map(({ purpose, tokenId, askedAt, expiresAt }) => ({
			purpose,
			token_id: tokenId,
			asked_at: askedAt,
			expires_at: expiresAt,
		})),
	);

export const mailRows = (mail: NewMail | undefined): string => mail?.outbox ?? "[]";

const FIND = statement<OpenLink>(
	"users.find link",
	`select user_id as "userId", email, purpose, token_id as "tokenId", expires_at as "expiresAt"
	from mail_links join users on users.id = user_id
	where token_id = $1 and used_at is null and expires_at > $2`,
);

const sending = (name: string, first: string) =>
	statement(
		name,
		`with first as (${first}),
		saved as (select users.id from users, first where users.id = $1 and (is_active or standing = 'invited')),
		${mailing("$2", "$3")}
		select 1 as ok from saved`,
	);

const SEND = sending("users.send mail", "select 1");

/** Does not wait for the disk: the time of an answer must not tell whether there was anything to write. */
const SEND_QUIETLY = sending("users.send mail quietly", "select set_config('synchronous_commit', 'off', true)");

export async function findOpenLink(db: Queryable, tokenId: string, now: Date): Promise<OpenLink | undefined> {
	const [row] = await db.query(FIND, [tokenId, now]);
	return row;
}

/** Asks for a mail to a user; one who is not known, or not active, gets none. */
export async function sendMail(db: Queryable, userId: string, mail: NewMail): Promise<void> {
	await db.query(SEND, [userId, linkRows(mail), mailRows(mail)]);
}

/** The same, when the caller must not learn whether there is such a user; what a crash forgets he asks for again. */
export async function sendMailQuietly(db: Queryable, userId: string, mail: NewMail): Promise<void> {
	await db.query(SEND_QUIETLY, [userId, linkRows(mail), mailRows(mail)]);
}
