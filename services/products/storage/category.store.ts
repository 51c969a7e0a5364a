import { announce } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Database, Queryable } from "../../../mixins/sql/database.ts";
import { violates } from "../../../mixins/sql/errors.ts";
import { CategoryInUse, CategoryNotFound, CategoryTaken } from "../../contracts/products.ts";
import type { Category } from "../../contracts/products.ts";

const INSERT = statement(
	"categories.insert",
	"insert into categories (id, name, description, parent_id) values ($1, $2, $3, $4)",
);
/** A category as it is stored. */
export interface StoredCategory extends Category {
	readonly version: number;
}

const LOCK_TREE = statement<StoredCategory>(
	"categories.lockTree",
	`select id, name, description, parent_id as "parentId", version
	from categories order by id for update`,
);
const UPDATE = statement(
	"categories.update",
	`with saved as (
		update categories set name = $2, description = $3, parent_id = $4, version = version + 1,
			announced = announced + json_array_length($5::json)
		where id = $1
		returning id, announced
	), tree as (
		update category_tree set revision = revision + 1
	)
	${announce("$5")}`,
);
/** Removed products let go of it; a product that is merely hidden does not. */
const DELETE = statement<{ id: string }>(
	"categories.delete",
	`with forgotten as (
		update products set category_id = null where category_id = $1 and deleted_at is not null
	)
	delete from categories where id = $1 returning id`,
);

/** @throws CategoryTaken, CategoryNotFound for its parent */
export async function insertCategory(db: Queryable, { id, name, description, parentId }: Category): Promise<void> {
	await refusing(() => db.query(INSERT, [id, name, description, parentId]));
}

/**
 * Changes one category while nobody else moves any: two moves that are harmless alone can make a cycle.
 *
 * @param decide from the whole tree; without facts nothing is written
 * @throws CategoryTaken, and what the rule throws
 */
export function changeCategory(
	db: Database,
	decide: (tree: readonly StoredCategory[]) => { readonly after: Category; readonly outbox: string | null },
): Promise<Category> {
	return refusing(() =>
		db.transaction(async (tx) => {
			const { after, outbox } = decide(await tx.query(LOCK_TREE));
			if (outbox !== null) await tx.query(UPDATE, [after.id, after.name, after.description, after.parentId, outbox]);
			return after;
		}),
	);
}

/** @throws CategoryNotFound, CategoryInUse */
export async function deleteCategory(db: Queryable, id: string): Promise<void> {
	const deleted = await db.query(DELETE, [id]).catch((error: unknown) => {
		throw belongsTo(error) ? new CategoryInUse() : error;
	});
	if (deleted.length === 0) throw new CategoryNotFound();
}

async function refusing<T>(write: () => Promise<T>): Promise<T> {
	try {
		return await write();
	} catch (error) {
		if (violates(error, "categories_name")) throw new CategoryTaken();
		throw belongsTo(error) ? new CategoryNotFound() : error;
	}
}

const belongsTo = (error: unknown): boolean =>
	violates(error, "categories_parent") || violates(error, "products_category");
