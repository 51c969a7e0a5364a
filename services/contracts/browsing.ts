import { z } from "zod";
import { defineAction } from "./action.ts";
import { Amount } from "./money.ts";
import { Paging } from "./paging.ts";
import { Product, ProductNotFound } from "./products.ts";
import { ById, Id } from "./text.ts";

/** A product on sale as the catalogue projection shows it, a moment after its fact. How many there are, GET /inventory tells. */
export const CatalogueEntry = Product.omit({ stockQuantity: true, isActive: true }).extend({
	/** The category and all that it lies under, the root first. */
	categoryIds: z.array(Id),
	/** Their names. */
	categoryPath: z.array(z.string()),
});
export type CatalogueEntry = z.output<typeof CatalogueEntry>;

export const CATALOGUE_SORTS = ["newest", "price", "-price", "name", "-name"] as const;

export const BrowseCatalogue = defineAction("products.browse", {
	summary: "What is on sale, from the catalogue projection; `categoryId` includes the categories below it.",
	params: z.strictObject({
		categoryId: Id.optional(),
		vendorId: Id.optional(),
		/** Both bounds included. */
		minPrice: Amount.optional(),
		maxPrice: Amount.optional(),
		sort: z.enum(CATALOGUE_SORTS).default("newest"),
		cursor: Paging.cursor,
		limit: Paging.limit,
	}),
	result: z.object({ rows: z.array(CatalogueEntry), nextCursor: z.string().nullable() }),
});

export const GetCatalogueEntry = defineAction("products.entry", {
	summary: "One product on sale, from the catalogue projection.",
	params: ById,
	result: CatalogueEntry,
	errors: [ProductNotFound],
});

export const BROWSING_ACTIONS = [BrowseCatalogue, GetCatalogueEntry];
