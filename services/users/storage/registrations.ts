import { announce } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { GetRegistration } from "../../contracts/registrations.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { Standing } from "../domain/account.ts";
import { COLUMNS } from "./accounts.ts";

type Shown = ResultOf<typeof GetRegistration>;

/** An account that a registration meets. */
export interface KnownAccount {
	readonly id: string;
	readonly standing: Standing;
	/** How often somebody registered with its address within the hour. */
	readonly attempts: number;
}

const QUEUE = statement<{ ok: number }>(
	"users.queue registration",
	`with saved as (insert into registrations (id, created_at) values ($1, $2) returning 1 as announced),
	facts as (${announce("$3")})
	select 1 as ok from saved`,
);

/** An outsider's message brings its registration with it. The row is held until it is settled. */
const TAKE = statement<{ status: string }>(
	"users.take registration",
	`insert into registrations (id, created_at) values ($1, $2)
	on conflict (id) do update set status = registrations.status returning status`,
);

const SETTLE = statement(
	"users.settle registration",
	"update registrations set status = $2, user_id = $3, settled_at = $4 where id = $1",
);

const KNOWN = statement<KnownAccount>(
	"users.known account",
	`select ${COLUMNS},
		(select count(*)::integer from registrations
		where user_id = users.id and settled_at > $2::timestamptz - interval '1 hour') as attempts
	from users where lower(email) = lower($1)`,
);

/**
 * One with the address of an account is shown like an invitation that nobody takes up, so that nobody learns who has an
 * account; both are shown as rejected when an invitation would have expired.
 */
const SHOW = statement<Shown>(
	"users.show registration",
	`select registrations.id as "registrationId", case
		when status = 'queued' then 'queued'
		when status = 'invited' and users.standing is distinct from 'invited' then 'active'
		when settled_at < $2::timestamptz - interval '7 days' then 'rejected'
		else 'invited' end as status
	from registrations left join users on users.id = user_id where registrations.id = $1`,
);

export async function queueRegistration(db: Queryable, id: string, outbox: string, now: Date): Promise<void> {
	await db.query(QUEUE, [id, now, outbox]);
}

/** False when it was settled before. */
export async function takeRegistration(tx: Queryable, id: string, now: Date): Promise<boolean> {
	const [row] = await tx.query(TAKE, [id, now]);
	return row?.status === "queued";
}

export async function settleRegistration(
	tx: Queryable,
	id: string,
	{ status, userId, now }: { status: "invited" | "rejected"; userId: string; now: Date },
): Promise<void> {
	await tx.query(SETTLE, [id, status, userId, now]);
}

export async function findKnown(tx: Queryable, email: string, now: Date): Promise<KnownAccount | undefined> {
	const [row] = await tx.query(KNOWN, [email, now]);
	return row;
}

export async function showRegistration(db: Queryable, id: string, now: Date): Promise<Shown | undefined> {
	const [row] = await db.query(SHOW, [id, now]);
	return row;
}
