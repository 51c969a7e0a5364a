import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { SavedMethod } from "../../contracts/payment-methods.ts";
import type { KeptMethod } from "../providers/vault.ts";

type Row = Omit<SavedMethod, "createdAt"> & { readonly createdAt: Date };

/** A method that is kept, and how often it was changed. */
export interface StoredMethod {
	readonly method: SavedMethod;
	/** Another default does not raise it, though `isDefault` ends by that. */
	readonly version: number;
}

/** The default is the one that was made so last; else the oldest. */
const SHOWN = `id, token as method, brand, last4, exp_month as "expMonth", exp_year as "expYear",
	id = (select id from payment_methods as own where own.user_id = payment_methods.user_id
		order by default_since desc nulls last, id limit 1) as "isDefault", created_at as "createdAt"`;

const SAVE = statement<{ id: string }>(
	"paymentMethods.save",
	`insert into payment_methods (id, user_id, token, customer, brand, last4, exp_month, exp_year, default_since)
	values ($1, $2, $3, $4, $5, $6, $7, $8, case when $9 then clock_timestamp() end)
	on conflict (user_id, token) do update set customer = excluded.customer, brand = excluded.brand,
		last4 = excluded.last4, exp_month = excluded.exp_month, exp_year = excluded.exp_year,
		default_since = coalesce(excluded.default_since, payment_methods.default_since),
		version = payment_methods.version + 1
	returning id`,
);
const GET = statement<Row & { version: number }>(
	"paymentMethods.get",
	`select ${SHOWN}, version from payment_methods where id = $1 and user_id = $2`,
);
const LIST = statement<Row>(
	"paymentMethods.list",
	`select ${SHOWN} from payment_methods
	where user_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3 offset $4`,
);
const COUNT = statement<{ total: number }>(
	"paymentMethods.count",
	`select count(*)::int as total from (
		select 1 from payment_methods where user_id = $1 limit ${COUNT_LIMIT}) as counted`,
);
const REMOVE = statement("paymentMethods.remove", "delete from payment_methods where user_id = $1 and token = $2");
const CUSTOMER_OF = statement<{ customer: string | null }>(
	"paymentMethods.customerOf",
	"select customer from payment_methods where user_id = $1 and token = $2",
);
const CUSTOMER = statement<{ reference: string }>(
	"paymentCustomers.find",
	"select reference from payment_customers where user_id = $1",
);
const KEEP_CUSTOMER = statement(
	"paymentCustomers.keep",
	"insert into payment_customers (user_id, reference) values ($1, $2) on conflict (user_id) do nothing",
);
const FORGET_CUSTOMER = statement("paymentCustomers.forget", "delete from payment_customers where user_id = $1");

const shown = ({ createdAt, ...row }: Row): SavedMethod => ({ ...row, createdAt: createdAt.toISOString() });

/** @returns the id it is kept under, the first one when the user keeps it already */
export async function saveMethod(db: Queryable, id: string, userId: string, kept: KeptMethod, isDefault: boolean) {
	const { method, customer, brand, last4, expMonth, expYear } = kept;
	const [row] = await db.query(SAVE, [id, userId, method, customer, brand, last4, expMonth, expYear, isDefault]);
	return row?.id ?? id;
}

export async function findMethod(db: Queryable, id: string, userId: string): Promise<StoredMethod | undefined> {
	const [found] = await db.query(GET, [id, userId]);
	if (found === undefined) return undefined;
	const { version, ...row } = found;
	return { method: shown(row), version };
}

export async function methodsOf(db: Queryable, userId: string, slice: Slice): Promise<Found<SavedMethod>> {
	const { afterId, limit, offset, isCounted } = slice;
	const [rows, [counted]] = await Promise.all([
		db.query(LIST, [userId, afterId, limit, offset]),
		isCounted ? db.query(COUNT, [userId]) : [],
	]);
	return { rows: rows.map(shown), total: counted?.total ?? 0 };
}

export async function removeMethod(db: Queryable, userId: string, method: string): Promise<void> {
	await db.query(REMOVE, [userId, method]);
}

/** The provider's customer of a method that this user keeps; null for any other method. */
export async function customerOfMethod(db: Queryable, userId: string, method: string): Promise<string | null> {
	const [row] = await db.query(CUSTOMER_OF, [userId, method]);
	return row?.customer ?? null;
}

export async function findCustomer(db: Queryable, userId: string): Promise<string | null> {
	const [row] = await db.query(CUSTOMER, [userId]);
	return row?.reference ?? null;
}

export async function keepCustomer(db: Queryable, userId: string, reference: string): Promise<void> {
	await db.query(KEEP_CUSTOMER, [userId, reference]);
}

export async function forgetCustomer(db: Queryable, userId: string): Promise<void> {
	await db.query(FORGET_CUSTOMER, [userId]);
}
