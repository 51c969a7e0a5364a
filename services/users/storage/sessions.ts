import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { purge, purging } from "../../../mixins/sql/purge.ts";
import type { UserPrincipal } from "../../contracts/meta.ts";
import type { RefreshToken } from "../tokens/refresh-token.ts";
import { activityRows, noting } from "./activities.ts";
import type { NewActivity } from "./activities.ts";

/** A session to be opened, with its first refresh token. */
export interface NewSession {
	readonly id: string;
	readonly address: string | null;
	readonly userAgent: string | null;
	readonly openedAt: Date;
	readonly refresh: RefreshToken["stored"];
}

export interface SessionRow {
	readonly id: string;
	readonly address: string | null;
	readonly userAgent: string | null;
	readonly createdAt: Date;
	readonly lastUsedAt: Date;
}

/** A session that no refresh token can continue any more. */
const LIFETIME = "interval '30 days'";

/**
 * Parts of a `with` statement that open sessions for the user whose `id` the part `saved` gives.
 *
 * @param parameter the statement's parameter that holds `sessionRows`, e.g. `$2`
 */
export function openingSessions(parameter: string): string {
	const given = `saved cross join lateral json_to_recordset(${parameter}::json) as given (
		session_id uuid, address text, user_agent text, opened_at timestamptz, hash text, expires_at timestamptz)`;
	return `
		opened as (
			insert into sessions (id, user_id, address, user_agent, created_at, last_used_at)
			select given.session_id, saved.id, given.address, given.user_agent, given.opened_at, given.opened_at from ${given}
		),
		issued as (
			insert into refresh_tokens (hash, session_id, expires_at)
			select given.hash, given.session_id, given.expires_at from ${given}
		)`;
}

export function sessionRows(sessions: readonly NewSession[]): string {
	return JSON.stringify(
		sessions.map(({ id, address, userAgent, openedAt, refresh }) => ({
			session_id: id,
			address,
			user_agent: userAgent,
			opened_at: openedAt,
			hash: refresh.hash,
			expires_at: refresh.expiresAt,
		})),
	);
}

/**
 * The account is held: whoever closes it or sets another password ends the sessions that he sees, and must neither
 * miss this one nor be missed by it.
 */
const OPEN = statement<{ ok: number }>(
	"users.open session",
	`with saved as (select id from users where id = $1 and is_active and password_hash = $4 for share),
	${openingSessions("$2")}, ${noting("$3")}
	select 1 as ok from saved`,
);

/**
 * `presented` is what the statement saw when it began, `used` what it got hold of. A token that was
 * seen as used is a second use, and ends its session. One that was seen as unused and then not got
 * was used by a statement that ran at the same moment: that is refused, and the winner's session lives.
 */
const ROTATE = statement<UserPrincipal & { isRotated: boolean }>(
	"users.rotate refresh token",
	`with presented as (
		select token.hash, token.used_at, session.id as session_id, users.id as user_id, users.role,
			token.expires_at > $2 and session.revoked_at is null and users.is_active as is_valid
		from refresh_tokens token
		join sessions session on session.id = token.session_id
		join users on users.id = session.user_id
		where token.hash = $1
	),
	used as (
		update refresh_tokens token set used_at = $2 from presented
		where token.hash = presented.hash and token.used_at is null and presented.is_valid
		returning token.session_id
	),
	issued as (
		insert into refresh_tokens (hash, session_id, expires_at) select $3, session_id, $4 from used
	),
	continued as (
		update sessions set last_used_at = $2 from used where sessions.id = used.session_id
	),
	ended as (
		update sessions set revoked_at = $2 from presented
		where sessions.id = presented.session_id and presented.used_at is not null and sessions.revoked_at is null
		returning sessions.user_id as id
	),
	${noting("$5", "ended")}
	select user_id as "userId", session_id as "sessionId", role, exists (select from used) as "isRotated" from presented`,
);

const CHECK = statement<Pick<UserPrincipal, "userId" | "role">>(
	"users.check session",
	`select users.id as "userId", users.role from sessions join users on users.id = sessions.user_id
	where sessions.id = $1 and sessions.revoked_at is null and users.is_active`,
);

const IS_LISTED = `user_id = $1 and revoked_at is null and last_used_at > $2::timestamptz - ${LIFETIME}`;

const LIST = statement<SessionRow>(
	"users.list sessions",
	`select id, address, user_agent as "userAgent", created_at as "createdAt", last_used_at as "lastUsedAt"
	from sessions where ${IS_LISTED} and ($3::uuid is null or id < $3) order by id desc limit $4 offset $5`,
);

const COUNT = statement<{ total: number }>(
	"users.count sessions",
	`select count(*)::integer as total from (select from sessions where ${IS_LISTED} limit ${COUNT_LIMIT}) as counted`,
);

const END = statement<{ ok: number }>(
	"users.end session",
	`with saved as (
		update sessions set revoked_at = $3 where id = $1 and user_id = $2 and revoked_at is null returning user_id as id
	), ${noting("$4")}
	select 1 as ok from saved`,
);

const END_ALL = statement(
	"users.end all sessions",
	`with ended as (
		update sessions set revoked_at = $2 where user_id = $1 and revoked_at is null returning user_id
	),
	saved as (select distinct user_id as id from ended), ${noting("$3")}
	select 1 as ok from saved`,
);

const PURGE_SESSIONS = purging("users.purge sessions", "sessions", `where last_used_at < now() - ${LIFETIME}`);
const PURGE_TOKENS = purging("users.purge refresh tokens", "refresh_tokens", "where expires_at < now()");

/** Whose password was found right, and by which hash. */
export interface Verified {
	readonly userId: string;
	readonly passwordHash: string;
}

/** False when the account was closed, or has another password, meanwhile. */
export async function openSession(
	db: Queryable,
	{ userId, passwordHash }: Verified,
	session: NewSession,
	activity: NewActivity,
): Promise<boolean> {
	const rows = [sessionRows([session]), activityRows([activity])];
	return (await db.query(OPEN, [userId, ...rows, passwordHash])).length > 0;
}

/**
 * Exchanges a refresh token for the next one of its session, in one statement that commits by itself:
 * when a second use ends the session, that stands although the call is refused.
 *
 * @param presentedHash of the token that was sent
 * @param reuse noted when it is a second use
 * @returns for whom, or undefined when the token is unknown, expired, revoked or was used before
 */
export async function rotateRefreshToken(
	db: Queryable,
	presentedHash: string,
	{ hash, expiresAt }: RefreshToken["stored"],
	reuse: NewActivity,
): Promise<UserPrincipal | undefined> {
	const [row] = await db.query(ROTATE, [presentedHash, reuse.at, hash, expiresAt, activityRows([reuse])]);
	if (row === undefined || !row.isRotated) return undefined;
	return { userId: row.userId, sessionId: row.sessionId, role: row.role };
}

/** The user of an open session with the role he has now; undefined when it ended or the account is closed. */
export async function userOfSession(db: Queryable, sessionId: string) {
	const [row] = await db.query(CHECK, [sessionId]);
	return row;
}

/** Open sessions, the last opened first. */
export async function findSessions(db: Queryable, userId: string, now: Date, slice: Slice): Promise<Found<SessionRow>> {
	const [rows, counted] = await Promise.all([
		db.query(LIST, [userId, now, slice.afterId, slice.limit, slice.offset]),
		slice.isCounted ? db.query(COUNT, [userId, now]) : [],
	]);
	return { rows, total: counted[0]?.total ?? 0 };
}

/** Whose session it is, and which. */
export type SessionOfUser = Pick<UserPrincipal, "userId" | "sessionId">;

/** False when the user has no such open session. */
export async function endSession(
	db: Queryable,
	{ sessionId, userId }: SessionOfUser,
	activity: NewActivity,
): Promise<boolean> {
	return (await db.query(END, [sessionId, userId, activity.at, activityRows([activity])])).length > 0;
}

export async function endSessionsOf(db: Queryable, userId: string, activity: NewActivity): Promise<void> {
	await db.query(END_ALL, [userId, activity.at, activityRows([activity])]);
}

/** Forgets a batch of what can no longer be used. @returns true when there may be more */
export async function forgetEnded(db: Queryable): Promise<boolean> {
	const left = [await purge(db, PURGE_TOKENS), await purge(db, PURGE_SESSIONS)];
	return left.some(Boolean);
}
