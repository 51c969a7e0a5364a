import type { Event } from "../../contracts/event.ts";
import { CategoryCycle, CategoryNotFound, CategoryUpdated } from "../../contracts/products.ts";
import type { Category } from "../../contracts/products.ts";

/** What a command changes of a category; what is undefined stays. */
export type CategoryChanges = { readonly [F in keyof Omit<Category, "id">]?: Category[F] | undefined };

/**
 * Decides a change against the whole tree.
 *
 * @throws CategoryNotFound when the category or its new parent is not in the tree, CategoryCycle
 */
export function reviseCategory(tree: readonly Category[], id: string, changes: CategoryChanges): Category {
	const byId = new Map(tree.map((category) => [category.id, category]));
	const before = byId.get(id);
	if (before === undefined) throw new CategoryNotFound();

	const { name = before.name, description = before.description, parentId = before.parentId } = changes;
	if (parentId !== null && !byId.has(parentId)) throw new CategoryNotFound();
	if (lineage(byId, parentId).includes(id)) throw new CategoryCycle();
	return { id, name, description, parentId };
}

/**
 * The fact of a change; none when nothing changed.
 *
 * @param version of the category after the change
 */
export function categoryFacts(before: Category, after: Category, version: number, now: Date): Event[] {
	const fields = ["name", "description", "parentId"] as const;
	const changed = fields.filter((field) => before[field] !== after[field]);
	if (changed.length === 0) return [];

	const { id: categoryId, name, parentId } = after;
	return [CategoryUpdated.of({ categoryId, name, parentId, changed, version, timestamp: now.toISOString() })];
}

/** A category and all that it lies under. */
function lineage(byId: ReadonlyMap<string, Category>, id: string | null): string[] {
	const above: string[] = [];
	for (let at = id; at !== null && !above.includes(at); at = byId.get(at)?.parentId ?? null) above.push(at);
	return above;
}
