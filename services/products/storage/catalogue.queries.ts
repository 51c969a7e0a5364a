import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { CatalogueRow } from "../catalogue/entry.ts";

const BATCH = 500;

const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * Entries of the products in the CTE `page`. A statement sees one moment, in which the product's version and the
 * tree's revision are both as large as at any moment before; so their sum orders everything that was ever read.
 *
 * @param page with the columns of `products`
 */
const entries = (name: string, page: string) =>
	statement<CatalogueRow>(
		`catalogue.${name}`,
		`with recursive ${page},
		lineage (leaf, id, name, parent_id, height) as (
			select id, id, name, parent_id, 0 from categories where id in (select category_id from page)
			union all
			select leaf, categories.id, categories.name, categories.parent_id, height + 1
			from lineage join categories on categories.id = lineage.parent_id
		), path as (
			select leaf, json_agg(id order by height desc) as ids, json_agg(name order by height desc) as names
			from lineage group by leaf
		)
		select page.id, (page.version + category_tree.revision)::double precision as revision,
			is_active and deleted_at is null as "isOnSale", page.name, description, sku, price,
			category_id as "categoryId", path.names ->> -1 as category, vendor_id as "vendorId", images,
			coalesce(path.ids, '[]') as "categoryIds", coalesce(path.names, '[]') as "categoryPath",
			version, ${iso("created_at")} as "createdAt", ${iso("updated_at")} as "updatedAt"
		from page cross join category_tree left join path on path.leaf = page.category_id
		order by page.id`,
	);

const SOME = entries("some", "page as (select * from products where id = any((select $1::uuid[])::uuid[]))");

const ALL = entries("all", `page as (select * from products where id > $1 order by id limit ${BATCH})`);

const OF_CATEGORY = entries(
	"ofCategory",
	`subtree as (
		select id from categories where id = $2
		union
		select categories.id from categories join subtree on categories.parent_id = subtree.id
	), page as (
		select * from products where id > $1 and deleted_at is null and category_id in (select id from subtree)
		order by id limit ${BATCH}
	)`,
);

/** Before every id there is. */
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

export const catalogueRowsById = (db: Queryable, productIds: readonly string[]): Promise<CatalogueRow[]> =>
	db.query(SOME, [productIds]);

/** Every product there ever was, in batches. */
export const catalogueRows = (db: Queryable): AsyncGenerator<CatalogueRow[]> =>
	batches((afterId) => db.query(ALL, [afterId]));

/** The products of a category and of those below it, in batches. */
export const catalogueRowsOf = (db: Queryable, categoryId: string): AsyncGenerator<CatalogueRow[]> =>
	batches((afterId) => db.query(OF_CATEGORY, [afterId, categoryId]));

async function* batches(read: (afterId: string) => Promise<CatalogueRow[]>): AsyncGenerator<CatalogueRow[]> {
	for (let afterId: string | undefined = FIRST_ID; afterId !== undefined;) {
		const rows = await read(afterId);
		if (rows.length > 0) yield rows;
		afterId = rows.length < BATCH ? undefined : rows.at(-1)?.id;
	}
}
