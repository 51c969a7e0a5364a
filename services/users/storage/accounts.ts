import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { GetContact } from "../../contracts/users.ts";
import type { Account } from "../domain/account.ts";

export const COLUMNS = `id, email, username, first_name as "firstName", last_name as "lastName", phone, address, role,
	coalesce(standing, case when is_active then 'active' else 'deactivated' end) as standing, preferences,
	email_verified_at as "emailVerifiedAt", version, created_at as "createdAt", updated_at as "updatedAt"`;

/** Whom a login names: one of the two. */
export interface LoginName {
	readonly email?: string | undefined;
	readonly username?: string | undefined;
}

/** Without a hash, nobody can sign in: the account waits for its invitation to be taken up, or was erased. */
type WithHash = Account & { readonly passwordHash: string | null };

const GET = statement<Account>("users.get", `select ${COLUMNS} from users where id = $1`);

const BY_EMAIL = statement<WithHash>(
	"users.by email",
	`select ${COLUMNS}, password_hash as "passwordHash" from users where lower(email) = lower($1)`,
);

const BY_USERNAME = statement<WithHash>(
	"users.by username",
	`select ${COLUMNS}, password_hash as "passwordHash" from users where lower(username) = lower($1)`,
);

const ID_OF = statement<{ id: string }>("users.id of email", "select id from users where lower(email) = lower($1)");

const CONTACT = statement<ResultOf<typeof GetContact>>(
	"users.contact",
	`select case when standing is distinct from 'erased' then email end as email, phone,
		case when email_verified_at is not null then first_name end as "firstName",
		coalesce(preferences ->> 'locale', 'en') as locale, coalesce(preferences ->> 'timezone', 'UTC') as timezone,
		is_active as "isActive"
	from users where id = $1`,
);

const HASH = statement<{ hash: string | null }>("users.hash", "select password_hash as hash from users where id = $1");

/** Held until the transaction ends, so that two of them cannot go at the same time. */
const ADMINS = statement<{ id: string }>(
	"users.lock admins",
	"select id from users where role = 'admin' and is_active order by id for update",
);

const ERASURE = statement<{ requestedAt: Date; finishedAt: Date | null }>(
	"users.erasure",
	`select erasure_requested_at as "requestedAt", erased_at as "finishedAt" from users
	where id = $1 and erasure_requested_at is not null`,
);

const PING = statement("users.ping", "select 1");

export async function findAccount(db: Queryable, id: string): Promise<Account | undefined> {
	const [row] = await db.query(GET, [id]);
	return row;
}

/** The account a login names, with the hash its password must match; closed accounts too. */
export async function findForLogin(db: Queryable, { email, username }: LoginName) {
	const [row] = email === undefined ? await db.query(BY_USERNAME, [username]) : await db.query(BY_EMAIL, [email]);
	if (row === undefined) return undefined;

	const { passwordHash, ...account } = row;
	return { account, passwordHash: passwordHash ?? undefined };
}

export async function findIdByEmail(db: Queryable, email: string): Promise<string | undefined> {
	const [row] = await db.query(ID_OF, [email]);
	return row?.id;
}

export async function findContact(db: Queryable, id: string) {
	const [row] = await db.query(CONTACT, [id]);
	return row;
}

export async function findPasswordHash(db: Queryable, id: string): Promise<string | undefined> {
	const [row] = await db.query(HASH, [id]);
	return row?.hash ?? undefined;
}

export async function lockActiveAdmins(tx: Queryable): Promise<string[]> {
	return (await tx.query(ADMINS)).map(({ id }) => id);
}

export async function findErasure(db: Queryable, id: string) {
	const [row] = await db.query(ERASURE, [id]);
	return row;
}

export async function pingDatabase(db: Queryable): Promise<void> {
	await db.query(PING);
}
