import type { Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { MAX_CANDIDATES } from "../../contracts/searching.ts";
import type { Term } from "../domain/search-terms.ts";
import { planned } from "./list.queries.ts";
import { conditionsOf, inCategories, Values } from "./product-filters.ts";
import type { ProductFilter } from "./product-filters.ts";
import { afterOf, orderBy } from "./product-sorts.ts";
import type { Sort } from "./product-sorts.ts";

/** A word that names more categories than this, those below them counted, is not looked for in categories. */
const MAX_NAMED = 64;

/** $1 the terms: words, or alternatives of them as `to_tsquery` reads them. Stop words drop out. */
const QUERIES = statement<{ term: Term; query: string }>(
	"search.queries",
	`with recursive said as materialized (
		select term, to_tsquery('english', term) as query from unnest($1::text[]) as given (term)
		where numnode(to_tsquery('english', term)) > 0
	), named (term, id) as (
		select term, categories.id from said join categories on categories.search @@ said.query
		union
		select term, categories.id from named join categories on categories.parent_id = named.id
	), lexemes as (
		select term, string_agg('''@' || id || '''', ' | ') as ids from named
		group by term having count(*) <= ${MAX_NAMED}
	)
	select term, '(' || concat_ws(' | ', query::text, ids) || ')' as query from said left join lexemes using (term)`,
);

/**
 * What a product must match to have each of the terms, in its own text or in the name of a category that it lies
 * under. As text, so that the planner can see it.
 */
export async function queriesOf(db: Queryable, terms: readonly Term[]): Promise<Map<Term, string>> {
	return new Map((await db.query(QUERIES, [terms])).map(({ term, query }) => [term, query]));
}

/** A product that matches. */
export interface Candidate {
	readonly id: string;
	/** In decimals. */
	readonly price: string;
	readonly categoryId: string | null;
	/** Name of the category. */
	readonly category: string | null;
	readonly inStock: boolean;
	readonly sortKey: string;
	/** Comes after the slice before. */
	readonly isLater: boolean;
}

type TextFilter = ProductFilter & { readonly query: string };

/**
 * Products that match, sorted: one more than are ranked, whichever are found first, so that a broad search costs no
 * more than that. Whole rows are read of the page only.
 */
export async function findCandidates(
	db: Queryable,
	filter: TextFilter,
	sort: Sort,
	slice: Slice,
): Promise<Candidate[]> {
	const values = new Values();
	const [isLater = "true"] = afterOf(sort, slice, "product.id", values);
	const text = `select product.id, product.price, product.category_id as "categoryId", categories.name as category,
			product.in_stock as "inStock", (${sort.key ?? "null"})::text as "sortKey", ${isLater} as "isLater"
		from (${matching(filter, values)}) as product left join categories on categories.id = product.category_id
		order by ${orderBy(sort, "product")}`;
	return db.query(planned<Candidate>(text), values.list);
}

function matching(filter: TextFilter, values: Values): string {
	const where = [...conditionsOf(filter, values), ...inCategories(filter, values)].join(" and ");
	const query = values.add(filter.query, "tsquery");
	return `select product.id, product.name, product.price, product.category_id, inventory.in_stock,
			search_rank(product.search, ${query}) as rank
		from products as product join inventory on inventory.product_id = product.id
		where ${where} limit ${MAX_CANDIDATES + 1}`;
}

/** Whether anything matches at all. */
export async function hasMatch(db: Queryable, filter: TextFilter): Promise<boolean> {
	const values = new Values();
	const text = `select from products as product where ${conditionsOf(filter, values).join(" and ")} limit 1`;
	return (await db.query(planned(text), values.list)).length > 0;
}
