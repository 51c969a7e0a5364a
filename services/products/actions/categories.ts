import type { Ctx } from "../../../mixins/define-service.ts";
import type {
	Category,
	CreateCategory,
	DeleteCategory,
	ListCategories,
	UpdateCategory,
} from "../../contracts/products.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { reviseCategory } from "../domain/category.ts";
import type { Products } from "../products.context.ts";
import { changeCategory, deleteCategory, insertCategory } from "../storage/category.store.ts";

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

export function updateCategory(this: Products, { params }: Ctx<typeof UpdateCategory>): Promise<Category> {
	const { id, ...changes } = params;
	return changeCategory(this.db, (tree) => reviseCategory(tree, id, changes));
}

export async function removeCategory(this: Products, { params }: Ctx<typeof DeleteCategory>): Promise<null> {
	await deleteCategory(this.db, params.id);
	return null;
}
