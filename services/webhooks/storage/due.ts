import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Standing, Verdict } from "../domain/verdict.ts";

/** A delivery that was taken to be sent. */
export interface Taken extends Standing {
	readonly id: string;
	readonly endpointId: string;
	/** When it was taken: what an attempt says of its endpoint holds for this version only. */
	readonly endpointVersion: number;
	readonly eventId: string;
	/** This attempt's number, from 1: the fence of who took it. */
	readonly attempts: number;
	readonly payload: string;
	readonly url: string;
	readonly secret: Buffer;
	readonly previousSecret: Buffer | null;
	readonly previousSecretUntil: Date | null;
}

/** How an attempt is written down. */
export interface Recorded {
	readonly at: Date;
	readonly durationMs: number;
	readonly statusCode: number | null;
	readonly error: string | null;
	readonly responseExcerpt: string | null;
}

/** Attempts at the same time for one endpoint, over all nodes: a slow receiver takes no more of anybody's time. */
export const AT_ONCE_FOR_ONE = 4;

/**
 * Takes what is due, an endpoint at a time: whoever sees an endpoint taken by another node goes on with the next. An
 * endpoint that failed last gets one attempt at a time. Taken for a minute, four times what an attempt may last.
 */
const TAKE = statement<Taken>(
	"webhooks.take",
	`with open as materialized (
		select id, failing_since from endpoints
		where is_active and deleted_at is null and exists (
			select from deliveries
			where endpoint_id = endpoints.id and status = 'pending' and next_attempt_at <= now())
		for no key update skip locked
	),
	chosen as materialized (
		select due.id from open
		cross join lateral (
			select count(*) as busy from deliveries where endpoint_id = open.id and taken_until > now()
		) as held
		cross join lateral (
			select id, next_attempt_at from deliveries
			where endpoint_id = open.id and status = 'pending' and next_attempt_at <= now()
			order by next_attempt_at
			limit greatest(0, case when open.failing_since is null then ${AT_ONCE_FOR_ONE} else 1 end - held.busy)
			for no key update skip locked
		) as due
		order by due.next_attempt_at limit $1
	)
	update deliveries as taken
	set attempts = taken.attempts + 1, tries = taken.tries + 1,
		taken_until = now() + interval '1 min', next_attempt_at = now() + interval '1 min'
	from chosen, endpoints as endpoint, events as event
	where taken.id = chosen.id and endpoint.id = taken.endpoint_id and event.id = taken.event_id
	returning taken.id, taken.endpoint_id as "endpointId", taken.event_id as "eventId", taken.attempts, taken.tries,
		event.payload, endpoint.version as "endpointVersion", endpoint.url, endpoint.secret,
		endpoint.failing_since as "failingSince",
		endpoint.previous_secret as "previousSecret", endpoint.previous_secret_until as "previousSecretUntil"`,
);

/**
 * The attempt, what it made of its delivery, and what that says of the endpoint; nothing when somebody took over, and
 * nothing of an endpoint that was changed in between: it may have another URL. The version is looked at in the row that
 * is updated, since PostgreSQL reads only that one again after it has waited for a change.
 */
const SETTLE = statement<{ disabled: boolean }>(
	"webhooks.settle",
	`with given as (
		select $5::timestamptz as at, $10::boolean as is_well, $11::text as reason
	),
	settled as (
		update deliveries set status = $3, taken_until = null,
			next_attempt_at = now() + $4::double precision * interval '1 ms',
			finished_at = case when $3 <> 'pending' then now() end
		where id = $1 and attempts = $2 and status = 'pending' returning endpoint_id
	),
	logged as (
		insert into attempts (delivery_id, number, at, duration_ms, status_code, error, response_excerpt)
		select $1, $2, given.at, $6, $7, $8, $9 from settled, given
	),
	judged as (
		select endpoint.id, given.*, is_active and reason is not null as ends
		from endpoints as endpoint join settled on settled.endpoint_id = endpoint.id, given
	)
	update endpoints as endpoint
	set failing_since = case when is_well then null else coalesce(failing_since, at) end,
		is_active = is_active and not ends,
		disabled_reason = case when ends then reason else disabled_reason end,
		version = version + ends::int,
		updated_at = case when ends then at else updated_at end
	from judged
	where endpoint.id = judged.id and endpoint.version = $12 and (ends or is_well = (failing_since is not null))
	returning ends as disabled`,
);

export const takeDue = (db: Queryable, limit: number): Promise<Taken[]> => db.query(TAKE, [limit]);

/** @returns whether this attempt was the end of its endpoint */
export async function settle(
	db: Queryable,
	{ id, attempts, endpointVersion }: Pick<Taken, "id" | "attempts" | "endpointVersion">,
	{ status, retryAfterMs, isWell, disables }: Verdict,
	{ at, durationMs, statusCode, error, responseExcerpt }: Recorded,
): Promise<boolean> {
	const attempt = [at, durationMs, statusCode, error, responseExcerpt];
	const judgement = [status, retryAfterMs, ...attempt, isWell, disables, endpointVersion];
	const [row] = await db.query(SETTLE, [id, attempts, ...judgement]);
	return row?.disabled === true;
}
