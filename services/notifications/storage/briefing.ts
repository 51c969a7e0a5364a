import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Topic } from "../../contracts/notification-templates.ts";
import type { Channel } from "../../contracts/notifications.ts";
import type { Preferences } from "../domain/preferences.ts";
import type { Version } from "../templates/template.ts";

/** A browser that takes push messages. */
export interface Subscriber {
	readonly id: string;
	readonly endpoint: string;
	readonly p256dh: string;
	readonly auth: string;
}

/** Everything that this service knows and an attempt needs. */
export interface Briefing {
	readonly preferences: Preferences | null;
	readonly isSuppressed: boolean;
	/** Of a template that Stoa does not bring along. */
	readonly topic: Topic | null;
	/** The newest of each language in question. */
	readonly versions: readonly Version[];
	readonly subscribers: readonly Subscriber[];
}

const BRIEF = statement<Briefing>(
	"notifications.brief",
	`select
		(select json_build_object('topics', topics, 'timezone', timezone, 'quietHours',
				case when quiet_from is not null then json_build_object('from', quiet_from, 'to', quiet_to) end)
			from notification_preferences where user_id = $1) as preferences,
		exists (select from suppressions where channel = $2 and recipient_hash = $3) as "isSuppressed",
		(select topic from templates where name = $4) as topic,
		(select coalesce(json_agg(newest), '[]') from (
			select distinct on (locale) id, locale, version, subject, text, html, short
			from template_versions where name = $4 and lower(locale) = any($5) order by locale, version desc) as newest) as versions,
		(select coalesce(json_agg(json_build_object('id', id, 'endpoint', endpoint, 'p256dh', p256dh, 'auth', auth)), '[]')
			from push_subscriptions where user_id = $1 and $2 = 'push') as subscribers`,
);

export interface Question {
	readonly userId: string | null;
	readonly channel: Channel;
	/** Of the address; null when there is none to look for. */
	readonly recipientHash: string | null;
	readonly template: string;
	/** In small letters. */
	readonly locales: readonly string[];
}

export async function brief(db: Queryable, asked: Question): Promise<Briefing> {
	const { userId, channel, recipientHash, template, locales } = asked;
	const [row] = await db.query(BRIEF, [userId, channel, recipientHash, template, locales]);
	if (row === undefined) throw new Error("A question without a table has one answer.");
	return row;
}
