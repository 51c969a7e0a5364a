import type { FastifyInstance } from "fastify";
import type { Pool } from "pg";
import type { Facets } from "../../services/contracts/searching.ts";
import { COLUMNS, PRODUCT, viewOf } from "./products.ts";
import type { Row } from "./products.ts";

/** As many as Stoa ranks. */
const MOST_RANKED = 1_000;

/** The page of the matches, the best first, and what all of them are like. */
const SEARCH = `with found as materialized (
		select *, ts_rank(search, plainto_tsquery('english', $1)) as rank from products
		where search @@ plainto_tsquery('english', $1) and is_active limit ${MOST_RANKED + 1}
	), of_category as (
		select category_id, count(*)::integer as count from found group by category_id order by 2 desc, 1 limit 20
	), of_price as (
		select case when price < 1 then 0 else power(10, floor(log(price)))::integer end as decade,
			count(*)::integer as count, min(price)::double precision as price
		from found group by 1, price >= 2 * power(10, floor(log(price))), price >= 5 * power(10, floor(log(price)))
	)
	select (select count(*)::integer from found) as total,
		(select count(*)::integer from found where stock > 0) as "inStock",
		(select json_agg(json_build_object('categoryId', id, 'name', name, 'count', count) order by count desc, name)
			from of_category join categories on id = category_id) as categories,
		(select json_agg(of_price order by price) from of_price) as prices, page.*
	from (
		select ${COLUMNS}, rank from (select * from found order by rank desc, id desc limit 20) as products
		left join categories on categories.id = category_id
	) as page
	order by rank desc, id desc`;

type Found = Row & { readonly inStock: number; readonly rank: number } & {
	readonly categories: Facets["categories"];
	readonly prices: readonly { readonly decade: number; readonly price: number; readonly count: number }[];
};

const count = { type: "integer" };
const FACETS = {
	type: "object",
	properties: {
		categories: {
			type: "array",
			items: { type: "object", properties: { categoryId: { type: "string" }, name: { type: "string" }, count } },
		},
		prices: {
			type: "array",
			items: { type: "object", properties: { min: { type: "number" }, max: { type: "number" }, count } },
		},
		stock: { type: "object", properties: { inStock: count, outOfStock: count } },
	},
};

const RESULT = {
	type: "object",
	properties: {
		rows: { type: "array", items: PRODUCT },
		...{ total: count, page: count, pageSize: count, totalPages: count },
		facets: FACETS,
	},
};

const QUERY = { type: "object", required: ["q"], properties: { q: { type: "string", maxLength: 200 } } };

/** Full text with one statement a request: no typos forgiven, no categories by name, no filters, nothing kept. */
export function search(server: FastifyInstance, pool: Pool): void {
	const byWords = { schema: { querystring: QUERY, response: { 200: RESULT } } };
	server.get<{ Querystring: { q: string } }>("/products/search", byWords, async ({ query: { q } }) => {
		const { rows } = await pool.query<Found>({ name: "search", text: SEARCH, values: [q] });
		const { total = 0, inStock = 0, categories = [], prices = [] } = rows[0] ?? {};
		return {
			...{ rows: rows.map(viewOf), total, page: 1, pageSize: 20, totalPages: Math.ceil(total / 20) },
			facets: { categories, prices: prices.map(rangeOf), stock: { inStock, outOfStock: total - inStock } },
		};
	});
}

/** Between two of 1, 2, 5, 10, 20, 50 … */
function rangeOf({ decade, price, count: products }: Found["prices"][number]) {
	const [min, max] = price < 2 * decade ? [1, 2] : price < 5 * decade ? [2, 5] : [5, 10];
	return decade === 0 ? { min: 0, max: 1, count: products } : { min: min * decade, max: max * decade, count: products };
}
