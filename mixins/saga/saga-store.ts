import type { SAGA_EVENTS } from "../../services/contracts/operations.ts";
import type { Refusal } from "../../services/contracts/problem.ts";
import { statement } from "../sql/database.ts";
import type { Queryable } from "../sql/database.ts";
import { purging } from "../sql/purge.ts";
import type { NewSaga, SagaRun, SagaState } from "./saga.ts";

type SagaEvent = (typeof SAGA_EVENTS)[number];

export const LEASE_MS = 5_000;
export const CLAIMS_AT_ONCE = 20;
/** A saga tried this often, or in trouble for this long, is shown to an operator; it is tried on all the same. */
const ATTENTION_AFTER = 8;
const TROUBLED_FOR = "5 minutes";
/** The timeline keeps this many of the last entries. */
const TIMELINE = 50;

/** What operators see of a saga. Of its own, for databases whose sagas are older. */
export const SAGA_TRACES = `
	alter table sagas
		add column if not exists step text,
		add column if not exists troubled_since timestamptz,
		add column if not exists timeline jsonb not null default '[]';
`;

export const SAGA_TABLES = `
	create table sagas (
		id uuid primary key,
		type text not null,
		subject_id uuid not null,
		state text not null check (state in ('running', 'committed', 'compensating', 'done')),
		data jsonb not null,
		correlation_id text,
		fence bigint not null default 1,
		owner text not null,
		lease_until timestamptz not null,
		next_run_at timestamptz not null default now(),
		deadline_at timestamptz,
		attempts integer not null default 0,
		refusal jsonb,
		last_error text,
		needs_attention boolean not null default false,
		created_at timestamptz not null default now(),
		finished_at timestamptz
	);
	create index sagas_due on sagas (next_run_at) where state <> 'done';
	create index sagas_subject on sagas (subject_id);
	${SAGA_TRACES}
`;

/**
 * What ended a month ago. Ids tell when they were made, so only what is as old as that is looked at, without an
 * index of its own.
 */
export const PURGE_SAGAS = purging(
	"sagas.purge",
	"sagas",
	`where id < (lpad(to_hex((extract(epoch from now() - interval '30 days') * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
	and finished_at < now() - interval '30 days' order by id`,
);

export const iso = (moment: string): string => `to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

interface Entry {
	readonly by?: string;
	readonly step?: string;
	readonly attempts?: string;
	readonly fence?: string;
	readonly error?: string;
}

/** The timeline with one more entry, whose values are SQL. What goes well leaves none: a saga is one statement at its end. */
export function timelineWith(event: SagaEvent, entry: Entry): string {
	const { by = "owner", step = "step", attempts = "attempts", fence = "fence", error = "null" } = entry;
	return `case when jsonb_array_length(timeline) < ${TIMELINE} then timeline else timeline - 0 end
		|| jsonb_build_object('at', ${iso("now()")}, 'event', '${event}', 'by', ${by}, 'step', ${step},
			'attempts', ${attempts}, 'fence', ${fence}, 'error', ${error})`;
}

/**
 * Part of a repository's statement: stores the sagas that the change in the CTE `saved` starts,
 * leased to this owner.
 *
 * @param parameter holds `sagaRows`, e.g. `$4`
 */
export const startSagas = (parameter: string): string => `
	insert into sagas (id, type, subject_id, state, data, correlation_id, owner, lease_until, deadline_at)
	select started.id, started.type, started.subject_id, 'running', started.data, started.correlation_id, started.owner,
		now() + interval '${LEASE_MS} ms', to_timestamp(started.deadline_ms / 1000.0)
	from saved cross join json_to_recordset(${parameter}::json) as started (
		id uuid, type text, subject_id uuid, data jsonb, correlation_id text, owner text, deadline_ms double precision)`;

export function sagaRows(started: NewSaga | undefined, owner: string): string {
	if (started === undefined) return "[]";
	const { id, type, subjectId, data, correlationId, deadlineMs } = started;
	const row = { id, type, data, owner, subject_id: subjectId, correlation_id: correlationId, deadline_ms: deadlineMs };
	return JSON.stringify([row]);
}

/**
 * Part of a repository's statement: holds the saga's row while the change commits, so that a stale owner
 * cannot write. Use as the CTE `fenced` and demand a row of it when the saga is not null.
 */
export const fenceSaga = (id: string, fence: string): string =>
	`select id from sagas where id = ${id}::uuid and fence = ${fence}::bigint and state <> 'done' for update`;

/** Part of a repository's statement: moves the fenced saga on together with the change in `saved`. */
export const advanceSaga = (state: string): string => `
	update sagas set state = ${state}::text, finished_at = case when ${state}::text = 'done' then now() end
	from fenced cross join saved where sagas.id = fenced.id and ${state}::text is not null`;

interface Row {
	readonly id: string;
	readonly type: string;
	readonly subjectId: string;
	readonly state: SagaState;
	readonly data: unknown;
	readonly correlationId: string | null;
	readonly fence: string;
	readonly deadlineMs: number | null;
	readonly attempts: number;
	readonly refusal: Refusal | null;
}

const CLAIM = statement<Row>(
	"sagas.claim",
	`update sagas set fence = fence + 1, owner = $1, lease_until = now() + interval '${LEASE_MS} ms',
		timeline = case when lease_until > next_run_at
			then ${timelineWith("takenOver", { by: "$1::text", fence: "fence + 1" })} else timeline end
	where id in (
		select id from sagas
		where state <> 'done' and next_run_at <= now() and lease_until < now() and type = any($2::text[])
		order by next_run_at limit ${CLAIMS_AT_ONCE} for update skip locked)
	returning id, type, subject_id as "subjectId", state, data, correlation_id as "correlationId", fence,
		(extract(epoch from deadline_at) * 1000)::double precision as "deadlineMs", attempts, refusal`,
);

const RENEW = statement<{ id: string }>(
	"sagas.renew",
	`update sagas set lease_until = now() + interval '${LEASE_MS} ms'
	from unnest($1::uuid[], $2::bigint[]) as held (id, fence)
	where sagas.id = held.id and sagas.fence = held.fence`,
);

const TURN_BACK = statement<{ ok: number }>(
	"sagas.turnBack",
	`update sagas set state = 'compensating', refusal = $3, last_error = $3::jsonb ->> 'message', step = $4,
		timeline = ${timelineWith("turnedBack", { step: "$4::text", error: "$3::jsonb ->> 'message'" })}
	where id = $1 and fence = $2 and state in ('running', 'committed') returning 1 as ok`,
);

const FINISH = statement<{ ok: number }>(
	"sagas.finish",
	"update sagas set state = 'done', finished_at = now() where id = $1 and fence = $2 returning 1 as ok",
);

const PARK = statement(
	"sagas.park",
	`update sagas set lease_until = now(), next_run_at = to_timestamp($3::double precision / 1000), attempts = $4,
		last_error = coalesce($5, last_error), step = $6,
		troubled_since = case when $5::text is not null then coalesce(troubled_since, now()) end,
		needs_attention = $4::integer >= ${ATTENTION_AFTER}
			or ($5::text is not null and coalesce(troubled_since < now() - interval '${TROUBLED_FOR}', false)),
		timeline = case when $5::text is null then timeline
			else ${timelineWith("putOff", { step: "$6::text", attempts: "$4::integer", error: "$5::text" })} end
	where id = $1 and fence = $2`,
);

/** Takes over sagas whose owner let go or died, each with a higher fence. */
export async function claimSagas(db: Queryable, owner: string, types: readonly string[]): Promise<SagaRun[]> {
	const rows = await db.query(CLAIM, [owner, types]);
	return rows.map((row) => ({ ...row, fence: Number(row.fence), reached: Infinity, memory: {} }));
}

export async function renewSagas(db: Queryable, runs: readonly SagaRun[]): Promise<void> {
	await db.query(RENEW, [runs.map(({ id }) => id), runs.map(({ fence }) => fence)]);
}

/** @returns false when another owner has the saga */
export async function turnBack(db: Queryable, { id, fence, step }: SagaRun, refusal: Refusal): Promise<boolean> {
	const { type, code, message, data } = refusal;
	return (
		(await db.query(TURN_BACK, [id, fence, JSON.stringify({ type, code, message, data }), step ?? null])).length > 0
	);
}

/** @returns false when another owner has the saga */
export async function finishSaga(db: Queryable, { id, fence }: SagaRun): Promise<boolean> {
	return (await db.query(FINISH, [id, fence])).length > 0;
}

/** Lets go of a saga until a moment; `error` says why, when it is not simply waiting. */
export async function parkSaga(db: Queryable, run: SagaRun, untilMs: number, error?: string) {
	const { id, fence, attempts, step } = run;
	await db.query(PARK, [id, fence, untilMs, attempts, error?.slice(0, 1_000) ?? null, step ?? null]);
}
