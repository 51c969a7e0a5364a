import type { Facets } from "../../contracts/searching.ts";

/** What of a match its facets count. */
export interface Counted {
	readonly price: number;
	readonly categoryId: string | null;
	/** Name of the category. */
	readonly category: string | null;
	readonly inStock: boolean;
}

const MAX_CATEGORIES = 20;

/** 1, 2, 5, 10, 20, 50 … up to beyond the largest price there is: round numbers in any currency. */
export const PRICE_BOUNDS: readonly number[] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].flatMap((decade) => [
	decade,
	2 * decade,
	5 * decade,
]);

/** How many of the matches are between which two round prices; ranges without any are left out. */
export function priceRanges(matches: readonly Counted[]): Facets["prices"] {
	const counts = countsOf(matches.map(({ price }) => boundsWithin(price)));
	return [...counts]
		.sort(([one], [other]) => one - other)
		.map(([bounds, count]) => ({ min: PRICE_BOUNDS[bounds - 1] ?? 0, max: PRICE_BOUNDS[bounds] ?? null, count }));
}

const boundsWithin = (price: number): number => {
	const next = PRICE_BOUNDS.findIndex((bound) => bound > price);
	return next === -1 ? PRICE_BOUNDS.length : next;
};

/** The categories that most matches are in. */
export function categoryCounts(matches: readonly Counted[]): Facets["categories"] {
	const names = new Map(matches.map(({ categoryId, category }) => [categoryId, category]));
	return [...countsOf(matches.flatMap(({ categoryId }) => categoryId ?? []))]
		.map(([categoryId, count]) => ({ categoryId, name: names.get(categoryId) ?? "", count }))
		.sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
		.slice(0, MAX_CATEGORIES);
}

export function stockCounts(matches: readonly Counted[]): Facets["stock"] {
	const inStock = matches.filter((match) => match.inStock).length;
	return { inStock, outOfStock: matches.length - inStock };
}

function countsOf<T>(values: readonly T[]): Map<T, number> {
	const counts = new Map<T, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return counts;
}
