import type { Ctx } from "../../../mixins/define-service.ts";
import { outboxRows } from "../../../mixins/events/outbox.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Slice } from "../../../mixins/paging.ts";
import type { ParamsOf } from "../../contracts/action.ts";
import { CategoryNotFound } from "../../contracts/categories.ts";
import type {
	Category,
	CategoryNode,
	CreateCategory,
	DeleteCategory,
	GetCategory,
	ListCategories,
	UpdateCategory,
} from "../../contracts/categories.ts";
import type { Listing } from "../../contracts/paging.ts";
import { staffScope } from "../cache/answers.ts";
import { expectVersion } from "../domain/access.ts";
import { categoryFacts, nested, placeCategory, reviseCategory } from "../domain/category.ts";
import type { Products } from "../products.context.ts";
import { BY_NAME, findCategories, findSubcategories } from "../storage/category.records.mixin.ts";
import { addCategory, changeCategory, deleteCategory, findCategory } from "../storage/category.store.ts";
import type { StoredCategory } from "../storage/category.store.ts";

/** Nothing of them is hidden from anybody; staff asks the database, as it does for products, since it changes them. */
export function listCategories(
	this: Products,
	{ params, meta }: Ctx<typeof ListCategories>,
): Promise<Listing<CategoryNode>> {
	const ask = () => list(this, params);
	return staffScope(meta) === undefined ? this.cached("lists", `categories ${JSON.stringify(params)}`, ask) : ask();
}

async function list(service: Products, params: ParamsOf<typeof ListCategories>): Promise<Listing<CategoryNode>> {
	const { tree = false, ...paging } = params;
	const find = (slice: Slice) => findCategories(service, tree, slice);
	const listing = await listed(paging, { tree }, find, BY_NAME);
	return tree ? { ...listing, rows: nested([...listing.rows, ...(await findSubcategories(service))]) } : listing;
}

export async function getCategory(this: Products, { params, meta }: Ctx<typeof GetCategory>): Promise<Category> {
	const category = await findCategory(this.db, params.id);
	if (category === undefined) throw new CategoryNotFound();
	meta.$version = category.version;
	return viewOf(category);
}

export async function createCategory(this: Products, { params, meta }: Ctx<typeof CreateCategory>): Promise<Category> {
	const { name, description = null, parentId = null } = params;
	const category = { id: this.newId(), name, description, parentId };
	await addCategory(this.db, (tree) => placeCategory(tree, category));
	meta.$version = 1;
	return category;
}

export async function updateCategory(this: Products, ctx: Ctx<typeof UpdateCategory>): Promise<Category> {
	const { id, ...changes } = ctx.params;
	const category = await changeCategory(this.db, (tree) => {
		const before = expectVersion(storedIn(tree, id), ctx.meta.expectedVersion);
		const after = reviseCategory(tree, id, changes);
		const facts = categoryFacts(before, after, before.version + 1, this.now());
		ctx.meta.$version = before.version + Math.sign(facts.length);
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

export async function removeCategory(this: Products, { params, meta }: Ctx<typeof DeleteCategory>): Promise<null> {
	await deleteCategory(this.db, params.id, (category) => expectVersion(category, meta.expectedVersion));
	return null;
}

const viewOf = ({ id, name, description, parentId }: Category): Category => ({ id, name, description, parentId });
