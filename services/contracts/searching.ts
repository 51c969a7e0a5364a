import { z } from "zod";
import { defineAction } from "./action.ts";
import { listOf, listParams } from "./paging.ts";
import { Product, PRODUCT_FILTERS, PRODUCT_SORTS } from "./products.ts";
import { Id, text } from "./text.ts";

/** A search that matches more ranks so many of its matches, whichever are found first. */
export const MAX_CANDIDATES = 1_000;

export const SEARCH_SORTS = ["relevance", ...PRODUCT_SORTS] as const;

/** How many of the matches are where, so that a client can offer to narrow the search. */
export const Facets = z.object({
	/** Of their own category; the most frequent ones. */
	categories: z.array(z.object({ categoryId: Id, name: z.string(), count: z.int() })),
	/** From `min` to below `max`, which the last one has not. */
	prices: z.array(z.object({ min: z.number(), max: z.number().nullable(), count: z.int() })),
	stock: z.object({ inStock: z.int(), outOfStock: z.int() }),
});
export type Facets = z.output<typeof Facets>;

/** What a search answers beside its rows. */
const found = {
	facets: Facets,
	/** They count the ranked matches only: there are more. */
	facetsAreApproximate: z.boolean().optional(),
	/** How words that nothing matched were read, by the word as it was sent. */
	corrections: z.record(z.string(), z.array(z.string())).optional(),
};

const [pages, slices] = listOf(Product).options;

export const SearchProducts = defineAction("products.search", {
	summary: "Products by the words of their name, SKU, category and description; forgives misspelled words.",
	params: listParams({ q: text(200), ...PRODUCT_FILTERS, sort: z.enum(SEARCH_SORTS).optional() }),
	result: z.union([pages.extend(found), slices.extend(found)]),
});
export type SearchResult = z.output<typeof SearchProducts.result>;

export const SEARCH_ACTIONS = [SearchProducts];
