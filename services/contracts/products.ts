import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError, PreconditionFailed } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { Amount, Currency } from "./money.ts";
import { listOf, listParams } from "./paging.ts";
import { ById, Id, NoResult, Nothing, text, Timestamp } from "./text.ts";

export const Product = z.object({
	id: Id,
	name: z.string(),
	description: z.string().nullable(),
	sku: z.string(),
	price: z.number(),
	currency: Currency,
	categoryId: Id.nullable(),
	/** Name of the category. */
	category: z.string().nullable(),
	vendorId: Id.nullable(),
	/** Units that can be ordered now. */
	stockQuantity: z.int(),
	isActive: z.boolean(),
	images: z.array(z.string()),
	version: z.int(),
	createdAt: Timestamp,
	updatedAt: Timestamp,
});
export type Product = z.output<typeof Product>;

export const Category = z.object({
	id: Id,
	name: z.string(),
	description: z.string().nullable(),
	parentId: Id.nullable(),
});
export type Category = z.output<typeof Category>;

export const ProductNotFound = defineError(
	"PRODUCT_NOT_FOUND",
	404,
	"There is no such product, or it is no longer sold.",
);
export const SkuTaken = defineError("SKU_TAKEN", 409, "Another product has this SKU, in any spelling of its letters.");
export const CategoryNotFound = defineError("CATEGORY_NOT_FOUND", 404, "There is no such category.");
export const CategoryTaken = defineError("CATEGORY_TAKEN", 409, "Another category has this name.");
export const CategoryInUse = defineError(
	"CATEGORY_IN_USE",
	409,
	"Products or sub-categories still belong to this category. Move them first.",
);
export const CategoryCycle = defineError("CATEGORY_CYCLE", 409, "A category cannot be placed under itself.");

const ImageUrl = text(500).pipe(z.url({ protocol: /^https?$/ }));
const Sku = z.string().trim().pipe(text(100));
const Stock = z.int().nonnegative().max(1_000_000_000);

const details = {
	description: text(5000).nullable().optional(),
	categoryId: Id.nullable().optional(),
	/** Taken from an admin; a vendor's products are always his own. */
	vendorId: Id.nullable().optional(),
	images: z.array(ImageUrl).max(20).optional(),
	/** At or below this many available units `product.low_stock` is sent once. */
	lowStockThreshold: Stock.optional(),
	isActive: z.boolean().optional(),
};

export const ListProducts = defineAction("products.list", {
	summary: "The catalogue, newest first.",
	params: listParams({ categoryId: Id.optional() }),
	result: listOf(Product),
});

export const GetProduct = defineAction("products.get", {
	summary: "One product.",
	params: ById,
	result: Product,
	errors: [ProductNotFound],
});

export const CreateProduct = defineAction("products.create", {
	summary: "Puts a product on sale.",
	params: z.strictObject({
		name: text(200),
		sku: Sku,
		price: Amount,
		...details,
		/** Units on hand at the start. */
		stockQuantity: Stock.optional(),
	}),
	result: Product,
	errors: [SkuTaken, CategoryNotFound],
});

export const UpdateProduct = defineAction("products.update", {
	summary: "Changes the given fields of a product; stock moves through /inventory.",
	params: z.strictObject({
		id: Id,
		name: text(200).optional(),
		sku: Sku.optional(),
		price: Amount.optional(),
		...details,
	}),
	result: Product,
	errors: [ProductNotFound, SkuTaken, CategoryNotFound, PreconditionFailed],
});

export const DeleteProduct = defineAction("products.remove", {
	summary: "Takes a product off sale; orders that hold it keep it.",
	params: ById,
	result: NoResult,
	errors: [ProductNotFound, PreconditionFailed],
});

export const ListCategories = defineAction("products.categories", {
	summary: "All categories; the tree follows from parentId.",
	params: Nothing,
	result: z.object({ categories: z.array(Category) }),
});

const categoryDetails = { description: text(1000).nullable().optional(), parentId: Id.nullable().optional() };

export const CreateCategory = defineAction("products.createCategory", {
	summary: "Adds a category.",
	params: z.strictObject({ name: text(100), ...categoryDetails }),
	result: Category,
	errors: [CategoryTaken, CategoryNotFound],
});

export const UpdateCategory = defineAction("products.updateCategory", {
	summary: "Changes the given fields of a category.",
	params: z.strictObject({ id: Id, name: text(100).optional(), ...categoryDetails }),
	result: Category,
	errors: [CategoryNotFound, CategoryTaken, CategoryCycle],
});

export const DeleteCategory = defineAction("products.removeCategory", {
	summary: "Removes an empty category.",
	params: ById,
	result: NoResult,
	errors: [CategoryNotFound, CategoryInUse],
});

/** Asked by orders before an order is placed; unknown and inactive products are left out. */
export const QuoteProducts = defineAction("products.quote", {
	summary: "Today's name and price, in minor units, of each product that is on sale.",
	params: z.strictObject({ productIds: z.array(Id).min(1) }),
	result: z.object({
		currency: Currency,
		products: z.array(z.object({ productId: Id, name: z.string(), priceCents: z.int() })),
	}),
});
export type Quote = z.output<typeof QuoteProducts.result>;

/** Asked at start of the laptop shape. A catalogue that was ever used is left alone. */
export const SeedProducts = defineAction("products.seed", {
	summary: "Fills an empty catalogue with a small demo catalogue, and says how many products it put there.",
	params: Nothing,
	result: z.object({ created: z.int() }),
});

const productFact = {
	productId: Id,
	sku: z.string(),
	name: z.string(),
	price: z.number(),
	currency: Currency,
	vendorId: Id.nullable(),
	categoryId: Id.nullable(),
	changed: z.array(z.string()),
	version: z.int(),
};

export const ProductCreated = defineEvent("product.created", 1, {
	summary: "A product was put on sale.",
	aggregate: ["product", "productId"],
	body: productFact,
});

export const ProductUpdated = defineEvent("product.updated", 1, {
	summary: "Fields of a product changed, or it was taken off sale.",
	aggregate: ["product", "productId"],
	body: productFact,
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

export const PRODUCT_ACTIONS = [
	ListProducts,
	GetProduct,
	CreateProduct,
	UpdateProduct,
	DeleteProduct,
	ListCategories,
	CreateCategory,
	UpdateCategory,
	DeleteCategory,
	QuoteProducts,
	SeedProducts,
];
export const PRODUCT_EVENTS = [ProductCreated, ProductUpdated, CategoryUpdated];
