import type { Ctx } from "../../../mixins/define-service.ts";
import { CategoryNotFound } from "../../contracts/products.ts";
import type {
	Category,
	CreateCategory,
	DeleteCategory,
	ListCategories,
	UpdateCategory,
} from "../../contracts/products.ts";
import { outboxRows } from "../../../mixins/events/outbox.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { categoryFacts, reviseCategory } from "../domain/category.ts";
import type { Products } from "../products.context.ts";
import { changeCategory, deleteCategory, insertCategory } from "../storage/category.store.ts";
import type { StoredCategory } from "../storage/category.store.ts";

export async function listCategories(this: Products): Promise<ResultOf<typeof ListCategories>> {
	const records = (await this.actions.find?.({ sort: "name" })) as Category[];
	return { categories: records.map(({ id, name, description, parentId }) => ({ id, name, description, parentId })) };
}

export async function createCategory(this: Products, { params }: Ctx<typeof CreateCategory>): Promise<Category> {
	const { name, description = null, parentId = null } = params;
	const category = { id: this.newId(), name, description, parentId };
	await insertCategory(this.db, category);
	return category;
}

export async function updateCategory(this: Products, ctx: Ctx<typeof UpdateCategory>): Promise<Category> {
	const { id, ...changes } = ctx.params;
	const category = await changeCategory(this.db, (tree) => {
		const before = storedIn(tree, id);
		const after = reviseCategory(tree, id, changes);
		const facts = categoryFacts(before, after, before.version + 1, this.now());
		return { after, outbox: facts.length === 0 ? null : outboxRows(facts, ctx, () => this.newId()) };
	});
	this.wakeRelay();
	return category;
}

function storedIn(tree: readonly StoredCategory[], id: string): StoredCategory {
	const stored = tree.find((category) => category.id === id);
	if (stored === undefined) throw new CategoryNotFound();
	return stored;
}

export async function removeCategory(this: Products, { params }: Ctx<typeof DeleteCategory>): Promise<null> {
	await deleteCategory(this.db, params.id);
	return null;
}
