import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { conditionsOf, inCategories, textConditions, Values } from "./product-filters.ts";
import type { ProductFilter } from "./product-filters.ts";
import { afterOf, orderBy } from "./product-sorts.ts";
import type { Sort } from "./product-sorts.ts";
import { findEach } from "./product.queries.ts";
import type { ProductRow } from "./product.queries.ts";

/** A product in a list, with what it is sorted by. */
export type ListedRow = ProductRow & { readonly sortKey: string };

/**
 * A statement without a name is planned anew at each execution, for its values: which filter selects little, and
 * whether to walk the order or to sort what is selected, follows from them.
 */
export const planned = <Row>(text: string) => statement<Row>("", text);

interface Chosen {
	readonly total: number | null;
	readonly id: string | null;
	readonly sortKey: string;
}

/**
 * A page of the products that a filter selects, with their number, counted as far as pages reach. What is planned anew
 * only chooses them: planning to read whole rows, with their joins, would cost more than reading them.
 */
export async function findProducts(
	db: Queryable,
	filter: ProductFilter,
	sort: Sort,
	slice: Slice,
): Promise<Found<ListedRow>> {
	const values = new Values();
	const text = `select counted.total, page.id, page.sort_key::text as "sortKey"
		from (select ${slice.isCounted ? counted(filter, values) : "null::integer"} as total) as counted
		left join (${selected(filter, sort, slice, values)}) as page on true
		order by ${orderBy(sort, "page", "page.sort_key")}`;
	const chosen = await db.query(planned<Chosen>(text), values.list);
	return { rows: await findListed(db, chosen), total: chosen[0]?.total ?? 0 };
}

/** Whole rows of products that were chosen, in their order. */
export async function findListed(
	db: Queryable,
	chosen: readonly Pick<Chosen, "id" | "sortKey">[],
): Promise<ListedRow[]> {
	const keys = new Map(chosen.flatMap(({ id, sortKey }) => (id === null ? [] : [[id, sortKey]])));
	const rows = keys.size === 0 ? [] : await findEach(db, [...keys.keys()]);
	return rows.map((row) => ({ ...row, sortKey: keys.get(row.id) ?? "" }));
}

function counted(filter: ProductFilter, values: Values): string {
	const where = [...conditionsOf(filter, values), ...inCategories(filter, values)].join(" and ");
	return `(select count(*)::integer from (
		select from products as product where ${where} limit ${COUNT_LIMIT}
	) as matching)`;
}

/**
 * The rows of the page, cut before anything is joined. Of several categories each gives as many as the page may need,
 * from an index of its own: walking the whole catalogue in order until a page is full takes long where the categories
 * are at its far end.
 */
function selected(filter: ProductFilter, sort: Sort, slice: Slice, values: Values): string {
	const [stockBound] =
		filter.inStock !== undefined && sort.key === undefined ? afterOf(sort, slice, "product_id", values) : [];
	const conditions = [...conditionsOf(filter, values, stockBound), ...afterOf(sort, slice, "product.id", values)];
	const rows = `select product.id, ${sort.key ?? "null::text"} as sort_key from products as product`;
	const order = `order by ${orderBy(sort, "product")}`;
	const cut = `limit ${values.add(slice.limit, "integer")} offset ${values.add(slice.offset, "integer")}`;
	if (filter.categoryIds === undefined) return `${rows} where ${conditions.join(" and ")} ${order} ${cut}`;

	const reach = values.add(slice.limit + slice.offset, "integer");
	return `select product.* from unnest(${values.add(filter.categoryIds, "uuid[]")}) as shelf (id)
		cross join lateral (
			${rows} where product.category_id = shelf.id and ${conditions.join(" and ")} ${order} limit ${reach}
		) as product
		order by ${orderBy(sort, "product", "product.sort_key")} ${cut}`;
}

/** So many products of an order are walked past for one page: some 20 ms. */
const MAX_WALKED = 20_000;

/**
 * A page of what a text matches, by walking an order until it is full; undefined when it is not full soon. For a text
 * that much matches: the planner, which takes words for independent, thinks that little matches several words that
 * always stand together, and would sort all of it (measured: 114 ms in place of 3).
 */
export async function walkProducts(
	db: Queryable,
	{ query, inStock, ...filter }: ProductFilter,
	sort: Sort,
	slice: Slice,
): Promise<ListedRow[] | undefined> {
	const values = new Values();
	const passed = [...conditionsOf(filter, values), ...afterOf(sort, slice, "product.id", values)].join(" and ");
	// The inner bound keeps the text out of the choice of a plan.
	const text = `select product.id, product.sort_key::text as "sortKey" from (
			select product.id, product.search, ${sort.key ?? "null::text"} as sort_key from products as product
			where ${passed} order by ${orderBy(sort, "product")} limit ${MAX_WALKED}
		) as product
		where ${textConditions({ query, inStock }, values).join(" and ")}
		order by ${orderBy(sort, "product", "product.sort_key")}
		limit ${values.add(slice.limit, "integer")} offset ${values.add(slice.offset, "integer")}`;
	const chosen = await db.query(planned<Chosen>(text), values.list);
	return chosen.length < slice.limit ? undefined : findListed(db, chosen);
}
