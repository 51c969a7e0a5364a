import type { Event } from "../../contracts/event.ts";
import {
	CategoryCycle,
	CategoryNotFound,
	CategoryTooDeep,
	CategoryUpdated,
	MAX_CATEGORY_DEPTH,
} from "../../contracts/categories.ts";
import type { Category, CategoryNode } from "../../contracts/categories.ts";

/** What a command changes of a category; what is undefined stays. */
export type CategoryChanges = { readonly [F in keyof Omit<Category, "id">]?: Category[F] | undefined };

/**
 * Finds a new category its place in the tree.
 *
 * @throws CategoryNotFound when its parent is not in the tree, CategoryTooDeep
 */
export function placeCategory(tree: readonly Category[], category: Category): Category {
	expectPlace(tree, category.parentId, 1);
	return category;
}

/**
 * Decides a change against the whole tree. What lies below the category moves along.
 *
 * @throws CategoryNotFound when the category or its new parent is not in the tree, CategoryCycle, CategoryTooDeep
 */
export function reviseCategory(tree: readonly Category[], id: string, changes: CategoryChanges): Category {
	const byId = new Map(tree.map((category) => [category.id, category]));
	const before = byId.get(id);
	if (before === undefined) throw new CategoryNotFound();

	const { name = before.name, description = before.description, parentId = before.parentId } = changes;
	if (lineage(byId, parentId).includes(id)) throw new CategoryCycle();
	if (parentId !== before.parentId) expectPlace(tree, parentId, heightOf(tree, id));
	return { id, name, description, parentId };
}

/** @param height in levels, of what is to lie under the parent */
function expectPlace(tree: readonly Category[], parentId: string | null, height: number): void {
	const byId = new Map(tree.map((category) => [category.id, category]));
	if (parentId !== null && !byId.has(parentId)) throw new CategoryNotFound();
	const depth = lineage(byId, parentId).length + height;
	if (depth > MAX_CATEGORY_DEPTH) throw new CategoryTooDeep({ maxDepth: MAX_CATEGORY_DEPTH });
}

/** How many levels a category and those below it make. */
function heightOf(tree: readonly Category[], id: string): number {
	const below = tree.filter(({ parentId }) => parentId === id).map((child) => heightOf(tree, child.id));
	return 1 + Math.max(0, ...below);
}

/** The roots, each with what lies below it, in the order given. */
export function nested(categories: readonly Category[]): CategoryNode[] {
	const levels = Map.groupBy(categories, ({ parentId }) => parentId);
	const under = (parentId: string | null): CategoryNode[] =>
		(levels.get(parentId) ?? []).map((category) => ({ ...category, children: under(category.id) }));
	return under(null);
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
