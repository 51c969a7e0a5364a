import { announce } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Database, Queryable } from "../../../mixins/sql/database.ts";
import { violates } from "../../../mixins/sql/errors.ts";
import { CategoryInUse, CategoryNotFound, CategoryTaken } from "../../contracts/categories.ts";
import type { Category } from "../../contracts/categories.ts";

/** A category as it is stored. */
export interface StoredCategory extends Category {
	readonly version: number;
}

const INSERT = statement(
	"categories.insert",
	"insert into categories (id, name, description, parent_id) values ($1, $2, $3, $4)",
);
const FIND = statement<StoredCategory>(
	"categories.find",
	`select id, name, description, parent_id as "parentId", version from categories where id = $1`,
);
const LOCK = statement<StoredCategory>("categories.lock", `${FIND.text} for update`);
/** Taken before the tree is read: locks on its rows alone would not show what was added while they were waited for. */
const LOCK_TREE = statement("categories.lockTree", "select from category_tree for update");
const READ_TREE = statement<StoredCategory>(
	"categories.readTree",
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
const DELETE = statement(
	"categories.delete",
	`with forgotten as (
		update products set category_id = null where category_id = $1 and deleted_at is not null
	)
	delete from categories where id = $1`,
);

export async function findCategory(db: Queryable, id: string): Promise<StoredCategory | undefined> {
	return (await db.query(FIND, [id]))[0];
}

/**
 * Adds a category while nobody moves any: its place may have sunk below the last level meanwhile.
 *
 * @param decide from the whole tree
 * @throws CategoryTaken, and what the rule throws
 */
export async function addCategory(db: Database, decide: (tree: readonly StoredCategory[]) => Category): Promise<void> {
	await refusing(() =>
		db.transaction(async (tx) => {
			const { id, name, description, parentId } = decide(await lockedTree(tx));
			await tx.query(INSERT, [id, name, description, parentId]);
		}),
	);
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
			const { after, outbox } = decide(await lockedTree(tx));
			if (outbox !== null) await tx.query(UPDATE, [after.id, after.name, after.description, after.parentId, outbox]);
			return after;
		}),
	);
}

/**
 * @param check throws when this is not what the caller has seen
 * @throws CategoryNotFound, CategoryInUse, and what the check throws
 */
export async function deleteCategory(
	db: Database,
	id: string,
	check: (category: StoredCategory) => unknown,
): Promise<void> {
	const remove = async (tx: Queryable) => {
		const [category] = await tx.query(LOCK, [id]);
		if (category === undefined) throw new CategoryNotFound();
		check(category);
		await tx.query(DELETE, [id]);
	};
	await db.transaction(remove).catch((error: unknown) => {
		throw belongsTo(error) ? new CategoryInUse() : error;
	});
}

async function lockedTree(tx: Queryable): Promise<StoredCategory[]> {
	await tx.query(LOCK_TREE);
	return tx.query(READ_TREE);
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
