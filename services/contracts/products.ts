import { z } from "zod";
import { defineAction } from "./action.ts";
import { OPERATOR } from "./callers.ts";
import { CategoryNotFound } from "./categories.ts";
import { defineError, PreconditionFailed } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { Amount, Currency, MAX_AMOUNT } from "./money.ts";
import { listOf, listParams } from "./paging.ts";
import { ById, Flag, Id, NoResult, Nothing, text, Timestamp } from "./text.ts";

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

export const ProductNotFound = defineError(
	"PRODUCT_NOT_FOUND",
	404,
	"There is no such product, or it is no longer sold.",
);
export const SkuTaken = defineError("SKU_TAKEN", 409, "Another product has this SKU, in any spelling of its letters.");
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

const Bound = z.coerce.number().nonnegative().max(MAX_AMOUNT);

/** What narrows a list or a search of products. */
export const PRODUCT_FILTERS = {
	/** The categories below it belong to it. */
	categoryId: Id.optional(),
	vendorId: Id.optional(),
	/** Both bounds included. */
	minPrice: Bound.optional(),
	maxPrice: Bound.optional(),
	/** Whether there are units to order now. */
	inStock: Flag.optional(),
};

/** `newest` is `-createdAt`; names are compared by their first 60 letters, without accents and capitals. */
export const PRODUCT_SORTS = ["newest", "createdAt", "-createdAt", "price", "-price", "name", "-name"] as const;

export const ListProducts = defineAction("products.list", {
	summary: "The catalogue, newest first unless sorted otherwise.",
	params: listParams({ ...PRODUCT_FILTERS, sort: z.enum(PRODUCT_SORTS).optional() }),
	result: listOf(Product),
});

export const GetProduct = defineAction("products.get", {
	summary: "One product.",
	params: ById,
	result: Product,
	errors: [ProductNotFound],
});

/** Asked by notifications, for a notice that a vendor gets of a hidden product too. Nobody has looked at it: it is no view. */
export const GetProductLabel = defineAction("products.label", {
	summary: "The name and SKU of a product, on sale or hidden.",
	params: ById,
	result: z.object({ name: z.string(), sku: z.string() }),
	errors: [ProductNotFound],
	callers: ["notifications"],
});
export type ProductLabel = z.output<typeof GetProductLabel.result>;

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

/** Asked by orders before an order is placed; unknown and inactive products are left out. */
export const QuoteProducts = defineAction("products.quote", {
	summary: "Today's name and price, in minor units, of each product that is on sale.",
	params: z.strictObject({ productIds: z.array(Id).min(1) }),
	result: z.object({
		currency: Currency,
		products: z.array(z.object({ productId: Id, name: z.string(), priceCents: z.int() })),
	}),
	callers: ["orders"],
});
export type Quote = z.output<typeof QuoteProducts.result>;

/** Asked at start of the laptop shape. A catalogue that was ever used is left alone. */
export const SeedProducts = defineAction("products.seed", {
	summary: "Fills an empty catalogue with a small demo catalogue, and says how many products it put there.",
	params: Nothing,
	result: z.object({ created: z.int() }),
	callers: [OPERATOR],
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

export const PRODUCT_ACTIONS = [
	ListProducts,
	GetProduct,
	GetProductLabel,
	CreateProduct,
	UpdateProduct,
	DeleteProduct,
	QuoteProducts,
	SeedProducts,
];
export const PRODUCT_EVENTS = [ProductCreated, ProductUpdated];
