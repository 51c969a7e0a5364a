import type { Found, Slice } from "../../../mixins/paging.ts";
import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { ActivityType } from "../domain/activity.ts";

/** One line for the log of an account. */
export interface NewActivity {
	readonly id: string;
	readonly type: ActivityType;
	readonly data: object;
	/** An IP address, or null when none is known. */
	readonly address: string | null;
	readonly userAgent: string | null;
	readonly at: Date;
}

export interface ActivityRow {
	readonly id: string;
	readonly activityType: string;
	readonly activityData: Record<string, unknown>;
	readonly ipAddress: string | null;
	readonly userAgent: string | null;
	readonly createdAt: Date;
}

/** At most this many failed logins an hour are noted of one account, however many addresses guess. */
const FAILURES_AN_HOUR = 20;

/**
 * Part of a `with` statement that notes activities of the user whose `id` another part gives.
 *
 * @param parameter the statement's parameter that holds `activityRows`, e.g. `$2`
 * @param source the part with the user; one row of it
 */
export const noting = (parameter: string, source = "saved"): string => `
	noted as (
		insert into user_activities (id, user_id, activity_type, activity_data, ip_address, user_agent, created_at)
		select given.id, ${source}.id, given.type, given.data, given.address, given.user_agent, given.at
		from ${source} cross join json_to_recordset(${parameter}::json) as given (
			id uuid, type text, data jsonb, address inet, user_agent text, at timestamptz)
	)`;

export const activityRows = (activities: readonly NewActivity[]): string =>
	JSON.stringify(activities.map(({ userAgent, ...activity }) => ({ ...activity, user_agent: userAgent })));

const NOTE = statement(
	"users.note activities",
	`insert into user_activities (id, user_id, activity_type, activity_data, ip_address, user_agent, created_at)
	select given.id, users.id, given.type, given.data, given.address, given.user_agent, given.at
	from json_to_recordset($1::json) as given (
		id uuid, "userId" uuid, type text, data jsonb, address inet, user_agent text, at timestamptz)
	join users on users.id = "userId" and standing is distinct from 'erased'
	order by users.id`,
);

const NOTE_FAILURE = statement(
	"users.note failed login",
	`with recent as (
		select from user_activities
		where user_id = $1 and activity_type = 'LOGIN_FAILED' and created_at > $3::timestamptz - interval '1 hour'
		limit ${FAILURES_AN_HOUR}
	),
	saved as (
		select id from users
		where id = $1 and standing is distinct from 'erased' and (select count(*) from recent) < ${FAILURES_AN_HOUR}
	), ${noting("$2")}
	select 1 as ok from saved`,
);

const LIST = statement<ActivityRow>(
	"users.list activities",
	`select id, activity_type as "activityType", activity_data as "activityData", host(ip_address) as "ipAddress",
		user_agent as "userAgent", created_at as "createdAt"
	from user_activities where user_id = $1 and ($2::uuid is null or id < $2)
	order by id desc limit $3 offset $4`,
);

const COUNT = statement<{ total: number }>(
	"users.count activities",
	`select count(*)::integer as total
	from (select from user_activities where user_id = $1 limit ${COUNT_LIMIT}) as counted`,
);

/** Notes what happened to users; of one who is not known here, or not any more, nothing is noted. */
export async function noteActivities(
	db: Queryable,
	activities: readonly (NewActivity & { readonly userId: string })[],
): Promise<void> {
	await db.query(NOTE, [activityRows(activities)]);
}

/** Notes a failed login, unless enough of them were noted within the hour, or of somebody who is not known any more. */
export async function noteFailure(db: Queryable, userId: string, activity: NewActivity): Promise<void> {
	await db.query(NOTE_FAILURE, [userId, activityRows([activity]), activity.at]);
}

export async function findActivities(db: Queryable, userId: string, slice: Slice): Promise<Found<ActivityRow>> {
	const [rows, counted] = await Promise.all([
		db.query(LIST, [userId, slice.afterId, slice.limit, slice.offset]),
		slice.isCounted ? db.query(COUNT, [userId]) : [],
	]);
	return { rows, total: counted[0]?.total ?? 0 };
}
