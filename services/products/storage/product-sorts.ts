import type { Slice, SortKey } from "../../../mixins/paging.ts";
import type { SEARCH_SORTS } from "../../contracts/searching.ts";
import type { Values } from "./product-filters.ts";

export type SortName = (typeof SEARCH_SORTS)[number];

/** How products are sorted; ids, in the same direction, tell apart what is equal. */
export interface Sort {
	/** SQL on `products as product`, as an index has it; undefined where the id alone is the order. */
	readonly key?: string;
	readonly type: "numeric" | "text" | "real";
	/** What the text of a key looks like. */
	readonly pattern: RegExp;
	readonly direction: "asc" | "desc";
}

const byId = (direction: Sort["direction"]): Sort => ({ type: "text", pattern: /^$/, direction });
const byPrice = (direction: Sort["direction"]): Sort => ({
	...{ key: "product.price", type: "numeric", direction },
	pattern: /^\d{1,11}(\.\d{1,3})?$/,
});
const byName = (direction: Sort["direction"]): Sort => ({
	...{ key: "name_key(product.name)", type: "text", direction },
	pattern: /^[^\0]{0,60}$/u,
});

/** The least is 1e-37: PostgreSQL refuses what `real` would round to nothing. */
const RANK = /^(\d(\.\d{1,12})?|[1-9](\.\d{1,12})?e-([0-2]?\d|3[0-7]))$/;

/** Ids are UUIDv7, so they sort by the moment of creation. */
export const SORTS: Readonly<Record<SortName, Sort>> = {
	newest: byId("desc"),
	"-createdAt": byId("desc"),
	createdAt: byId("asc"),
	price: byPrice("asc"),
	"-price": byPrice("desc"),
	name: byName("asc"),
	"-name": byName("desc"),
	relevance: { key: "rank", type: "real", pattern: RANK, direction: "desc" },
};

/** Whether it is by how well a product matches, which only candidates have. */
export const isRank = ({ key }: Sort): boolean => key === "rank";

/** `order by` of it. @param alias of the relation with the ids */
export const orderBy = ({ key, direction }: Sort, alias: string, keyName = key): string =>
	[...(key === undefined ? [] : [`${keyName} ${direction}`]), `${alias}.id ${direction}`].join(", ");

/** The condition that continues after the slice before; none at the beginning. @param id SQL of the id */
export function afterOf(sort: Sort, slice: Slice, id: string, values: Values): string[] {
	if (slice.afterId === null) return [];
	const operator = sort.direction === "asc" ? ">" : "<";
	const last = values.add(slice.afterId, "uuid");
	if (sort.key === undefined) return [`${id} ${operator} ${last}`];
	return [`(${sort.key}, ${id}) ${operator} (${values.add(slice.afterKey, sort.type)}, ${last})`];
}

/** What a cursor of this order remembers. */
export const sortKeyOf = ({ key, pattern }: Sort): SortKey<{ readonly sortKey?: string }> | undefined =>
	key === undefined ? undefined : { of: ({ sortKey = "" }) => sortKey, pattern };
