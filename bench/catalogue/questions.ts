import { ADJECTIVES, COLOURS, DEPARTMENTS, MATERIALS } from "./words.ts";

/** What is in so many names or descriptions that only some matches are ranked. */
export const BROAD: readonly string[] = [
	...["made with care", "warranty", "indoor", "damp cloth", "assembled by hand", "packed without plastic", "awarded"],
	...[ADJECTIVES, COLOURS, MATERIALS].flatMap((words) => words.filter((_, index) => index % 5 === 0)),
	...Object.values(DEPARTMENTS).flatMap((categories) => Object.values(categories).map(([first = ""]) => first)),
	...["made oak", "indoor blue", "care chair", "kitchen", "garden", "office made"],
];

/** Orders in which a broad search may be read. */
export const SORTS = ["relevance", "price", "-price", "newest"] as const;

/** Asked with the filters that a shopper sets. */
export const FILTERS = [{}, { inStock: "true" }, { minPrice: 20, maxPrice: 200 }] as const;
