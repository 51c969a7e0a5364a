/** What both shops hold. Ids follow from numbers, so that a request for either is made without asking for them. */
export const PRODUCTS = 10_000;
export const CATEGORIES = 20;
export const STOCK_PER_PRODUCT = 1_000_000;
/** So many that no two of 128 connections sign in as the same user at the same time: the fifth would have to wait. */
export const USERS = 512;
export const PASSWORD = "correct horse battery staple";

const KINDS = {
	product: "01900000-0000-7000-8000-",
	category: "01900000-0000-7000-8001-",
	user: "01900000-0000-7000-8002-",
};
export type Kind = keyof typeof KINDS;

/** So many products of each series, by which they are searched. */
export const SERIES = PRODUCTS / 20;

/** @param number from 1 */
export const idOf = (kind: Kind, number: number): string => KINDS[kind] + number.toString(16).padStart(12, "0");

/** The same id as an SQL expression. @param number an SQL expression */
export const sqlIdOf = (kind: Kind, number: string): string =>
	`('${KINDS[kind]}' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** @param number from 1 */
export const emailOf = (number: number): string => `buyer-${number}@example.com`;

/** Parts of `insert … select` over `generate_series(1, …) as n`, the same in both shops. */
export const PRODUCT_VALUES = {
	id: sqlIdOf("product", "n"),
	name: `'Product ' || n || ', series S' || n % ${SERIES}`,
	description: "'The product with number ' || n || ', of which there is plenty. ' || repeat('Well made. ', n % 20)",
	sku: "'BENCH-' || n",
	price: "1 + (n * 37 % 20000) / 100.0",
	category_id: sqlIdOf("category", `1 + n % ${CATEGORIES}`),
	created_at: "timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute'",
	updated_at: "timestamptz '2026-01-01 00:00:00Z' + n * interval '1 minute'",
} as const;

/** `$1` is the hash of the password. */
export const USER_VALUES = {
	id: sqlIdOf("user", "n"),
	email: "'buyer-' || n || '@example.com'",
	password_hash: "$1::text",
	first_name: "'Buyer'",
	last_name: "'Number ' || n",
	role: "'customer'",
	created_at: "timestamptz '2026-01-01 00:00:00Z'",
	updated_at: "timestamptz '2026-01-01 00:00:00Z'",
} as const;

/** `insert into table (…) select … from generate_series(1, count) as n` */
export function insertSeries(table: string, values: Readonly<Record<string, string>>, count: number): string {
	const columns = Object.keys(values).join(", ");
	return `insert into ${table} (${columns}) select ${Object.values(values).join(", ")} from generate_series(1, ${count}) as n`;
}
