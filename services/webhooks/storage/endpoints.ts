import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Endpoint } from "../domain/endpoint.ts";

const COLUMNS = `id, url, events, description, is_active as "isActive", disabled_reason as "disabledReason",
	failing_since as "failingSince", version, created_at as "createdAt", updated_at as "updatedAt"`;

const INSERT = statement(
	"webhooks.insertEndpoint",
	`insert into endpoints (id, url, events, description, is_active, disabled_reason, secret, created_at, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
);

const FIND = statement<Endpoint>(
	"webhooks.findEndpoint",
	`select ${COLUMNS} from endpoints where id = $1 and deleted_at is null`,
);

const LOCK = statement<Endpoint>(
	"webhooks.lockEndpoint",
	`select ${COLUMNS} from endpoints where id = $1 and deleted_at is null for no key update`,
);

const SAVE = statement(
	"webhooks.saveEndpoint",
	`update endpoints set url = $2, events = $3, description = $4, is_active = $5, disabled_reason = $6,
		failing_since = $7, version = $8, updated_at = $9
	where id = $1`,
);

/** Its rows go in the background, since there may be many; its secrets go at once. */
const REMOVE = statement(
	"webhooks.removeEndpoint",
	`update endpoints set deleted_at = $2, secret = '', previous_secret = null, previous_secret_until = null
	where id = $1`,
);

const ROTATE = statement<{ id: string }>(
	"webhooks.rotateSecret",
	`update endpoints set secret = $2, previous_secret = secret, previous_secret_until = $3
	where id = $1 and deleted_at is null returning id`,
);

const LIST = statement<Endpoint>(
	"webhooks.listEndpoints",
	`select ${COLUMNS} from endpoints where deleted_at is null and ($1::uuid is null or id < $1)
	order by id desc limit $2 offset $3`,
);

const COUNT = statement<{ total: number }>(
	"webhooks.countEndpoints",
	`select count(*)::int as total from (select from endpoints where deleted_at is null limit ${COUNT_LIMIT}) as counted`,
);

const PING = statement("webhooks.ping", "select 1");

export async function insertEndpoint(db: Queryable, endpoint: Endpoint, secret: Buffer): Promise<void> {
	const { id, url, events, description, isActive, disabledReason, createdAt } = endpoint;
	await db.query(INSERT, [id, url, events, description, isActive, disabledReason, secret, createdAt]);
}

export async function findEndpoint(db: Queryable, id: string): Promise<Endpoint | undefined> {
	return (await db.query(FIND, [id]))[0];
}

/** Reads an endpoint and holds its row until the transaction ends. */
export async function lockEndpoint(tx: Queryable, id: string): Promise<Endpoint | undefined> {
	return (await tx.query(LOCK, [id]))[0];
}

export async function saveEndpoint(tx: Queryable, endpoint: Endpoint): Promise<void> {
	const { id, url, events, description, isActive, disabledReason, failingSince, version, updatedAt } = endpoint;
	await tx.query(SAVE, [id, url, events, description, isActive, disabledReason, failingSince, version, updatedAt]);
}

export async function removeEndpoint(tx: Queryable, id: string, now: Date): Promise<void> {
	await tx.query(REMOVE, [id, now]);
}

/** @returns false when there is no such endpoint */
export async function rotateSecret(db: Queryable, id: string, secret: Buffer, previousUntil: Date): Promise<boolean> {
	return (await db.query(ROTATE, [id, secret, previousUntil])).length > 0;
}

export async function listEndpoints(db: Queryable, slice: Slice): Promise<Found<Endpoint>> {
	const rows = await db.query(LIST, [slice.afterId, slice.limit, slice.offset]);
	const [{ total } = { total: 0 }] = slice.isCounted ? await db.query(COUNT) : [];
	return { rows, total };
}

export async function reach(db: Queryable): Promise<void> {
	await db.query(PING);
}
