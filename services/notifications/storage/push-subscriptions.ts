import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { PushSubscription } from "../../contracts/notification-preferences.ts";
import type { Subscriber } from "./briefing.ts";

const COLUMNS = `id, user_id as "userId", endpoint,
	to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "createdAt"`;

/** Two requests at the same moment see each other, so that the number stays bounded. */
const LOCK = statement("subscriptions.lock", "select pg_advisory_xact_lock(hashtextextended('push ' || $1, 0))");

/** A browser has one endpoint, whoever uses it: the last who subscribed with it gets its messages, nobody else. */
const ADD = statement<PushSubscription>(
	"subscriptions.add",
	`insert into push_subscriptions (id, user_id, endpoint, p256dh, auth)
	select $1, $2, $3, $4, $5
	where (select count(*) from push_subscriptions where user_id = $2 and endpoint <> $3) < $6
	on conflict (endpoint) do update set user_id = excluded.user_id, p256dh = excluded.p256dh, auth = excluded.auth
	returning ${COLUMNS}`,
);

const OF_USER = statement<PushSubscription>(
	"subscriptions.ofUser",
	`select ${COLUMNS} from push_subscriptions
	where user_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3 offset $4`,
);

/** They are few: a bound would only say so again. */
const COUNT_OF_USER = statement<{ total: number }>(
	"subscriptions.countOfUser",
	"select count(*)::int as total from push_subscriptions where user_id = $1",
);

const FIND = statement<PushSubscription>(
	"subscriptions.find",
	`select ${COLUMNS} from push_subscriptions where id = $1 and ($2::uuid is null or user_id = $2)`,
);

const REMOVE = statement<{ ok: number }>(
	"subscriptions.remove",
	"delete from push_subscriptions where id = $1 and user_id = $2 returning 1 as ok",
);

const FORGET = statement("subscriptions.forget", "delete from push_subscriptions where id = $1 and endpoint = $2");

export interface NewSubscription extends Subscriber {
	readonly userId: string;
}

/** @returns undefined when the user has `limit` others */
export async function addSubscription(
	tx: Queryable,
	{ id, userId, endpoint, p256dh, auth }: NewSubscription,
	limit: number,
): Promise<PushSubscription | undefined> {
	await tx.query(LOCK, [userId]);
	return (await tx.query(ADD, [id, userId, endpoint, p256dh, auth, limit]))[0];
}

export async function subscriptionsOfUser(
	db: Queryable,
	userId: string,
	{ afterId, limit, offset, isCounted }: Slice,
): Promise<Found<PushSubscription>> {
	const [rows, [counted]] = await Promise.all([
		db.query(OF_USER, [userId, afterId, limit, offset]),
		isCounted ? db.query(COUNT_OF_USER, [userId]) : [],
	]);
	return { rows, total: counted?.total ?? 0 };
}

/** @param owner the user who may see it, null for everybody's */
export async function findSubscription(db: Queryable, id: string, owner: string | null) {
	return (await db.query(FIND, [id, owner]))[0];
}

/** @returns false when the user has no such subscription */
export async function removeSubscription(db: Queryable, id: string, userId: string): Promise<boolean> {
	return (await db.query(REMOVE, [id, userId])).length > 0;
}

/** Removes a subscription that its browser has ended. */
export async function forgetSubscription(db: Queryable, { id, endpoint }: Subscriber): Promise<void> {
	await db.query(FORGET, [id, endpoint]);
}
