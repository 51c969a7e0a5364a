import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { MAX_PAGE_SIZE } from "../../contracts/paging.ts";
import type { Product, ProductLabel } from "../../contracts/products.ts";
import { ON_SALE } from "./product-filters.ts";

/** A product as the database prints it: `price` in decimals, timestamps as ISO strings. */
export type ProductRow = Omit<Product, "price" | "currency"> & { readonly price: string };

/** Printed by PostgreSQL: parsing a timestamp into a Date and printing it again costs more than the rest of a row. */
const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

export const COLUMNS = `product.id, product.name, product.description, product.sku, product.price,
	product.category_id as "categoryId", categories.name as category, product.vendor_id as "vendorId",
	inventory.available as "stockQuantity", product.is_active as "isActive", product.images, product.version,
	${iso("product.created_at")} as "createdAt", ${iso("product.updated_at")} as "updatedAt"`;

export const JOINED = `join inventory on inventory.product_id = product.id
	left join categories on categories.id = product.category_id`;

/** What a hidden product is hidden from: everybody but its vendor and the admins (`$n` null). */
const seenBy = (vendor: string): string =>
	`deleted_at is null and (is_active or ${vendor}::uuid is null or vendor_id = ${vendor})`;

const FIND = statement<ProductRow>(
	"products.find",
	`select ${COLUMNS} from products as product ${JOINED}
	where product.id = $1 and ${seenBy("$2")}`,
);

type Listed = { readonly [F in keyof ProductRow]: ProductRow[F] | null } & { readonly total: number | null };

/**
 * How a page is cut. PostgreSQL takes an unknown limit or offset for a tenth of the table, finds the plan for that
 * dear, and plans anew at each execution (measured: half of a list's time). A bound it can read keeps the one plan.
 */
const FIRST = `limit ${MAX_PAGE_SIZE + 1}) as newest limit $2`;
const LATER = ") as newest limit $2 offset $4";

/**
 * A page and its total in one statement. The page is cut from an index before anything is joined, and the
 * total is counted in that index, up to one more than pages reach.
 */
const page = (name: string, where: string, cut: string) =>
	statement<Listed>(
		`products.${name}`,
		`select counted.total, page.*
		from (
			select case when $3::boolean
				then (select count(*)::integer from (select from products where ${where} limit ${COUNT_LIMIT}) as matching)
			end as total
		) as counted
		left join (
			select ${COLUMNS} from (
				select * from (select * from products where ${where} and id < $1 order by id desc ${cut}
			) as product ${JOINED}
		) as page on true
		order by page.id desc`,
	);

/** The catalogue as most see it: what everybody may see, the newest first. */
const FIRST_PAGE = page("list", ON_SALE, FIRST);
const LATER_PAGE = page("listLater", ON_SALE, LATER);

const EACH = statement<ProductRow>(
	"products.each",
	`select ${COLUMNS} from unnest((select $1::uuid[])) with ordinality as wanted (id, position)
	join products as product on product.id = wanted.id ${JOINED} order by wanted.position`,
);

const QUOTE = statement<{ id: string; name: string; price: string }>(
	"products.quote",
	`select id, name, price from products where id = any((select $1::uuid[])::uuid[]) and ${ON_SALE}`,
);

const LABEL = statement<ProductLabel>(
	"products.label",
	"select name, sku from products where id = $1 and deleted_at is null",
);

const PING = statement("products.ping", "select 1");

/** Behind every id there is. */
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** @param vendorId whose hidden products may be seen; null sees everybody's */
export async function findProduct(db: Queryable, id: string, vendorId: string | null): Promise<ProductRow | undefined> {
	const [row] = await db.query(FIND, [id, vendorId]);
	return row;
}

/** The newest of what is on sale. */
export async function findNewest(db: Queryable, slice: Slice): Promise<Found<ProductRow>> {
	const cut = [slice.afterId ?? LAST_ID, slice.limit, slice.isCounted];
	const rows =
		slice.offset === 0 ? await db.query(FIRST_PAGE, cut) : await db.query(LATER_PAGE, [...cut, slice.offset]);
	const isEmpty = rows[0]?.id == null;
	return { rows: isEmpty ? [] : (rows as unknown as ProductRow[]), total: rows[0]?.total ?? 0 };
}

/** Products by their ids, in that order, whoever may see them. */
export const findEach = (db: Queryable, ids: readonly string[]): Promise<ProductRow[]> => db.query(EACH, [ids]);

/** Name and price of each of these products that is on sale. */
export const pricesOf = (db: Queryable, productIds: readonly string[]) => db.query(QUOTE, [productIds]);

/** How a product is called that was not removed, whoever may see it. */
export async function findLabel(db: Queryable, id: string): Promise<ProductLabel | undefined> {
	return (await db.query(LABEL, [id]))[0];
}

export async function pingDatabase(db: Queryable): Promise<void> {
	await db.query(PING);
}
