import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

export interface ApiKeyRow {
	readonly id: string;
	readonly name: string;
	readonly scopes: string[];
	readonly createdAt: Date;
	readonly expiresAt: Date | null;
	readonly lastUsedAt: Date | null;
	readonly rotatedAt: Date | null;
	readonly previousUntil: Date | null;
	readonly version: number;
}

const COLUMNS = `id, name, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt",
	rotated_at as "rotatedAt", previous_until as "previousUntil", version`;

const INSERT = statement<ApiKeyRow>(
	"users.insert api key",
	`insert into api_keys (id, name, scopes, secret_hash, expires_at, created_by, created_at)
	values ($1, $2, $3, $4, $5, $6, $7) returning ${COLUMNS}`,
);

const GET = statement<ApiKeyRow>(
	"users.get api key",
	`select ${COLUMNS} from api_keys where id = $1 and revoked_at is null`,
);

const LIST = statement<ApiKeyRow>(
	"users.list api keys",
	`select ${COLUMNS} from api_keys where revoked_at is null and ($1::uuid is null or id < $1)
	order by id desc limit $2 offset $3`,
);

const COUNT = statement<{ total: number }>(
	"users.count api keys",
	`select count(*)::int as total from (select 1 from api_keys where revoked_at is null limit ${COUNT_LIMIT}) as counted`,
);

const ROTATE = statement<ApiKeyRow>(
	"users.rotate api key",
	`update api_keys set previous_hash = secret_hash, previous_until = $3::timestamptz + $4 * interval '1 second',
		secret_hash = $2, rotated_at = $3, version = version + 1
	where id = $1 and revoked_at is null returning ${COLUMNS}`,
);

const REVOKE = statement<{ id: string }>(
	"users.revoke api key",
	`update api_keys set revoked_at = $2, secret_hash = null, previous_hash = null, version = version + 1
	where id = $1 and revoked_at is null and ($3::int is null or version = $3) returning id`,
);

/** Asked every few seconds for each key in use, so its use is written down once a minute only. */
const CHECK = statement<{ scopes: string[] }>(
	"users.check api key",
	`with found as (
		select id, scopes, last_used_at from api_keys
		where id = $1 and revoked_at is null and (expires_at is null or expires_at > $3)
			and (secret_hash = $2 or (previous_hash = $2 and previous_until > $3))
	),
	noted as (
		update api_keys set last_used_at = $3 from found
		where api_keys.id = found.id
			and (found.last_used_at is null or found.last_used_at <= $3::timestamptz - interval '1 minute')
	)
	select scopes from found`,
);

/** A key to be made. */
export interface NewApiKey {
	readonly id: string;
	readonly name: string;
	readonly scopes: readonly string[];
	readonly hash: string;
	readonly expiresAt: string | null;
	readonly createdBy: string | null;
	readonly createdAt: Date;
}

export async function insertApiKey(db: Queryable, key: NewApiKey): Promise<ApiKeyRow | undefined> {
	const { id, name, scopes, hash, expiresAt, createdBy, createdAt } = key;
	return (await db.query(INSERT, [id, name, scopes, hash, expiresAt, createdBy, createdAt]))[0];
}

/** Undefined when it is revoked, as in all of these. */
export async function findApiKey(db: Queryable, id: string): Promise<ApiKeyRow | undefined> {
	return (await db.query(GET, [id]))[0];
}

export async function openApiKeys(db: Queryable, slice: Slice): Promise<Found<ApiKeyRow>> {
	const [rows, [counted]] = await Promise.all([
		db.query(LIST, [slice.afterId, slice.limit, slice.offset]),
		slice.isCounted ? db.query(COUNT) : [],
	]);
	return { rows, total: counted?.total ?? 0 };
}

/** @param graceSeconds for which the secret before stays good */
export async function rotateSecret(db: Queryable, id: string, hash: string, now: Date, graceSeconds: number) {
	const [row] = await db.query(ROTATE, [id, hash, now, graceSeconds]);
	return row;
}

/** @param version that it must have; any when undefined. @returns whether it was revoked */
export async function revokeKey(db: Queryable, id: string, now: Date, version: number | undefined): Promise<boolean> {
	return (await db.query(REVOKE, [id, now, version ?? null])).length > 0;
}

/** What the key is good for now, and a note that it was used; undefined when it is good for nothing. */
export async function scopesOfKey(db: Queryable, id: string, hash: string, now: Date): Promise<string[] | undefined> {
	return (await db.query(CHECK, [id, hash, now]))[0]?.scopes;
}
