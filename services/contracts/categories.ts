import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError, PreconditionFailed } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { listOf, listParams } from "./paging.ts";
import { ById, Flag, Id, NoResult, text } from "./text.ts";

/** So many levels the tree may have, the roots being the first. */
export const MAX_CATEGORY_DEPTH = 10;

export const Category = z.object({
	id: Id,
	name: z.string(),
	description: z.string().nullable(),
	parentId: Id.nullable(),
});
export type Category = z.output<typeof Category>;

/** A category with those below it, where a tree was asked for. */
export const CategoryNode: z.ZodType<CategoryNode> = Category.extend({
	get children() {
		return z.array(CategoryNode).optional();
	},
});
export type CategoryNode = Category & { readonly children?: CategoryNode[] | undefined };

export const CategoryNotFound = defineError("CATEGORY_NOT_FOUND", 404, "There is no such category.");
export const CategoryTaken = defineError("CATEGORY_TAKEN", 409, "Another category has this name.");
export const CategoryInUse = defineError(
	"CATEGORY_IN_USE",
	409,
	"Products or sub-categories still belong to this category. Move them first.",
);
export const CategoryCycle = defineError("CATEGORY_CYCLE", 409, "A category cannot be placed under itself.");
export const CategoryTooDeep = defineError<{ maxDepth: number }>(
	"CATEGORY_TOO_DEEP",
	409,
	({ maxDepth }) => `The category, or one below it, would lie deeper than ${maxDepth} levels. Place it higher.`,
);

export const ListCategories = defineAction("products.categories", {
	summary: "Categories by name; with `tree=true` only the roots, each with all its `children`.",
	params: listParams({ tree: Flag.optional() }),
	result: listOf(CategoryNode),
});

export const GetCategory = defineAction("products.category", {
	summary: "One category.",
	params: ById,
	result: Category,
	errors: [CategoryNotFound],
});

const details = { description: text(1000).nullable().optional(), parentId: Id.nullable().optional() };

export const CreateCategory = defineAction("products.createCategory", {
	summary: "Adds a category.",
	params: z.strictObject({ name: text(100), ...details }),
	result: Category,
	errors: [CategoryTaken, CategoryNotFound, CategoryTooDeep],
});

export const UpdateCategory = defineAction("products.updateCategory", {
	summary: "Changes the given fields of a category; what lies below it moves along.",
	params: z.strictObject({ id: Id, name: text(100).optional(), ...details }),
	result: Category,
	errors: [CategoryNotFound, CategoryTaken, CategoryCycle, CategoryTooDeep, PreconditionFailed],
});

export const DeleteCategory = defineAction("products.removeCategory", {
	summary: "Removes an empty category.",
	params: ById,
	result: NoResult,
	errors: [CategoryNotFound, CategoryInUse, PreconditionFailed],
});

export const CategoryUpdated = defineEvent("category.updated", 1, {
	summary: "A category has another name, description or parent.",
	aggregate: ["category", "categoryId"],
	body: {
		categoryId: Id,
		name: z.string(),
		parentId: Id.nullable(),
		changed: z.array(z.string()),
		version: z.int(),
	},
});

export const CATEGORY_ACTIONS = [ListCategories, GetCategory, CreateCategory, UpdateCategory, DeleteCategory];
export const CATEGORY_EVENTS = [CategoryUpdated];
