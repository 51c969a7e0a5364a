import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { GetContact } from "../../contracts/users.ts";
import type { Account } from "../domain/account.ts";

export const COLUMNS = `id, email, username, first_name as "firstName", last_name as "lastName", phone, address, role,
	is_active as "isActive", preferences, version, created_at as "createdAt", updated_at as "updatedAt"`;

/** Whom a login names: one of the two. */
export interface LoginName {
	readonly email?: string | undefined;
	readonly username?: string | undefined;
}

type WithHash = Account & { readonly passwordHash: string };

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
	`select email, first_name as "firstName", coalesce(preferences ->> 'locale', 'en') as locale from users where id = $1`,
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
	return { account, passwordHash };
}

export async function findIdByEmail(db: Queryable, email: string): Promise<string | undefined> {
	const [row] = await db.query(ID_OF, [email]);
	return row?.id;
}

export async function findContact(db: Queryable, id: string) {
	const [row] = await db.query(CONTACT, [id]);
	return row;
}

export async function pingDatabase(db: Queryable): Promise<void> {
	await db.query(PING);
}
