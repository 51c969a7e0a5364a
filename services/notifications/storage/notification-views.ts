import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Channel, Delivery, Notification, NotificationStatus } from "../../contracts/notifications.ts";

const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const COLUMNS = `id, user_id as "userId", channel, notification_type as template, status, reason,
	${iso("created_at")} as "createdAt", ${iso("sent_at")} as "sentAt"`;

const MATCHES = `user_id = $1 and ($2::text is null or channel = $2) and ($3::text is null or status = $3)`;

const LIST = statement<Notification>(
	"notifications.list",
	`select ${COLUMNS} from notification_logs where ${MATCHES} and ($4::uuid is null or id < $4)
	order by id desc limit $5 offset $6`,
);

const COUNT = statement<{ total: number }>(
	"notifications.count",
	`select count(*)::int as total from (select from notification_logs where ${MATCHES} limit ${COUNT_LIMIT}) as counted`,
);

const GET = statement<Delivery>(
	"notifications.get",
	`select ${COLUMNS}, attempts - postponed as attempts, last_error as "lastError", provider, locale,
		template_version as "templateVersion", case when status = 'queued' then ${iso("next_attempt_at")} end as "nextAttemptAt"
	from notification_logs where id = $1`,
);

export interface NotificationFilter {
	readonly userId: string;
	readonly channel: Channel | undefined;
	readonly status: NotificationStatus | undefined;
}

/** A user's notifications, newest first. */
export async function notificationsOfUser(
	db: Queryable,
	{ userId, channel, status }: NotificationFilter,
	{ afterId, limit, offset, isCounted }: Slice,
): Promise<Found<Notification>> {
	const filter = [userId, channel ?? null, status ?? null];
	const [rows, [counted]] = await Promise.all([
		db.query(LIST, [...filter, afterId, limit, offset]),
		isCounted ? db.query(COUNT, filter) : [],
	]);
	return { rows, total: counted?.total ?? 0 };
}

export async function findDelivery(db: Queryable, id: string): Promise<Delivery | undefined> {
	return (await db.query(GET, [id]))[0];
}
