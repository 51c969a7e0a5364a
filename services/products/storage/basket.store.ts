import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { ON_SALE } from "./product-filters.ts";
import { COLUMNS, JOINED } from "./product.queries.ts";
import type { ProductRow } from "./product.queries.ts";

/** Pairs are counted of so many products of a basket; a bigger one says little of each pair, and costs its square. */
export const MAX_BASKET = 20;
/** So many of the products that were bought most often with one are compared, and of the most popular ones. */
const CANDIDATES = 500;
/** Pairs that met by chance count for little until they met about this often. */
const SHRINKAGE = 5;

/** In one order everywhere, so that two writers of the same pairs never wait for each other in a circle. */
const COUNT = statement(
	"baskets.count",
	`with content as materialized (
		select basket, id from json_to_recordset($1::json) as content (basket integer, id uuid)
	), counted as (
		insert into basket_counts (product_id, baskets) select id, count(*) from content group by id order by id
		on conflict (product_id) do update set baskets = basket_counts.baskets + excluded.baskets
	)
	insert into co_purchases (product_id, other_id, baskets)
	select one.id, other.id, count(*) from content as one join content as other using (basket) where one.id <> other.id
	group by one.id, other.id order by one.id, other.id
	on conflict (product_id, other_id) do update set baskets = co_purchases.baskets + excluded.baskets`,
);

/**
 * Item-item cosine with shrinkage: together ÷ √(baskets of one × baskets of the other), taken down by
 * together ÷ (together + shrinkage). Without it one shared basket of two rare products would beat everything.
 */
const TOGETHER = statement<ProductRow>(
	"recommendations.together",
	`with strongest as materialized (
		select other_id, baskets from co_purchases where product_id = $1 order by baskets desc, other_id limit ${CANDIDATES}
	), scored as materialized (
		select other_id as id, strongest.baskets / sqrt(of_one.baskets::float8 * of_other.baskets)
			* strongest.baskets / (strongest.baskets + ${SHRINKAGE}) as score
		from strongest join basket_counts as of_one on of_one.product_id = $1
		join basket_counts as of_other on of_other.product_id = strongest.other_id
	)
	select ${COLUMNS} from scored join products as product on product.id = scored.id ${JOINED}
	where ${ON_SALE} and exists (select from products where id = $1 and ${ON_SALE})
	order by score desc, product.id limit $2`,
);

/** What most baskets had, of the product's category where it has one; the newest of it come after them. */
const POPULAR = statement<ProductRow>(
	"recommendations.popular",
	`with wanted as materialized (
		select category_id from products where id = $1
	), head as materialized (
		select product_id as id, baskets from basket_counts order by baskets desc, product_id limit ${CANDIDATES}
	), popular as materialized (
		select id, baskets from head join products using (id) cross join wanted
		where ${ON_SALE} and id <> $1 and (wanted.category_id is null or products.category_id = wanted.category_id)
		order by baskets desc, id limit $2
	), newest as materialized (
		select id, 0 as baskets from products
		where ${ON_SALE} and id <> $1 and category_id = (select category_id from wanted)
		order by id desc limit $2
	), chosen as (
		select id, max(baskets) as baskets from (table popular union all table newest) as either
		group by id order by 2 desc, id desc limit $2
	)
	select ${COLUMNS} from chosen join products as product on product.id = chosen.id ${JOINED} order by baskets desc, product.id desc`,
);

const IS_SEEN = statement<{ id: string }>(
	"recommendations.isSeen",
	`select id from products where id = $1 and ${ON_SALE}`,
);

/** Counts the products of each order, and each pair of them. @param baskets the ids of the products of each */
export async function countBaskets(tx: Queryable, baskets: readonly (readonly string[])[]): Promise<void> {
	const content = baskets.flatMap((productIds, basket) =>
		[...new Set(productIds)].slice(0, MAX_BASKET).map((id) => ({ basket, id })),
	);
	await tx.query(COUNT, [JSON.stringify(content)]);
}

export const boughtTogether = (db: Queryable, productId: string, limit: number): Promise<ProductRow[]> =>
	db.query(TOGETHER, [productId, limit]);

export const popularBeside = (db: Queryable, productId: string, limit: number): Promise<ProductRow[]> =>
	db.query(POPULAR, [productId, limit]);

/** Whether shoppers see this product. */
export const isOnSale = async (db: Queryable, productId: string): Promise<boolean> =>
	(await db.query(IS_SEEN, [productId])).length > 0;
