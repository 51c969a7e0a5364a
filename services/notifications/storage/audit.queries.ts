import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Finding } from "../../contracts/integrity.ts";

/** Counting stops here: a queue of this length says enough. */
const COUNTED = 10_000;

const UNDELIVERED = statement<Omit<Finding, "kind">>(
	"notifications.undelivered",
	`select 'channel ' || channel as subject,
		to_char(min(next_attempt_at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since,
		count(*) || ' notifications are due and nobody sends them' as detail
	from (
		select channel, next_attempt_at from notification_logs
		where status = 'queued' and channel in ('email', 'sms', 'push') and next_attempt_at < now() - interval '5 min'
		order by channel, next_attempt_at limit ${COUNTED}
	) as due
	group by channel order by channel`,
);

/** The channels whose notifications are due for long. */
export const undeliveredSince = (db: Queryable) => db.query(UNDELIVERED);
