import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";

const LOCK = statement("products.lockAll", "lock table products in share row exclusive mode");
const IS_EMPTY = statement<{ isEmpty: boolean }>(
	"products.isEmpty",
	`select not exists (select from products) as "isEmpty"`,
);
const ENSURE_CATEGORY = statement<{ id: string }>(
	"categories.ensure",
	`insert into categories (id, name, description) values ($1, $2, $3)
	on conflict (lower(name)) do update set name = categories.name returning id`,
);

/** Keeps other writers out until the transaction ends; false when there are products already, removed ones too. */
export async function lockEmptyCatalogue(tx: Queryable): Promise<boolean> {
	await tx.query(LOCK);
	return (await tx.query(IS_EMPTY))[0]?.isEmpty === true;
}

/** @returns the id of the category of this name, which may have been there before */
export async function ensureCategory(
	tx: Queryable,
	{ id, name, description }: { readonly id: string; readonly name: string; readonly description: string },
): Promise<string> {
	const [row] = await tx.query(ENSURE_CATEGORY, [id, name, description]);
	return row?.id ?? id;
}
