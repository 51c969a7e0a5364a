import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { Product } from "../../contracts/products.ts";

/** A product as the database prints it: `price` in decimals, timestamps as ISO strings. */
export type ProductRow = Omit<Product, "price" | "currency"> & { readonly price: string };

/** Printed by PostgreSQL: parsing a timestamp into a Date and printing it again costs more than the rest of a row. */
const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const COLUMNS = `product.id, product.name, product.description, product.sku, product.price,
	product.category_id as "categoryId", categories.name as category, product.vendor_id as "vendorId",
	inventory.available as "stockQuantity", product.is_active as "isActive", product.images, product.version,
	${iso("product.created_at")} as "createdAt", ${iso("product.updated_at")} as "updatedAt"`;

const JOINED = `join inventory on inventory.product_id = product.id
	left join categories on categories.id = product.category_id`;

const FIND = statement<ProductRow>(
	"products.find",
	`select ${COLUMNS} from products as product ${JOINED}
	where product.id = $1 and deleted_at is null and (is_active or $2::uuid is null or vendor_id = $2)`,
);

/** What a hidden product is hidden from: everybody but its vendor and the admins (`$n` null). */
const ON_SALE = "is_active and deleted_at is null";
const SEEN_BY = (vendor: string) =>
	`deleted_at is null and (is_active or ${vendor}::uuid is null or vendor_id = ${vendor})`;

type Listed = { readonly [F in keyof ProductRow]: ProductRow[F] | null } & { readonly total: number | null };

/**
 * A page and its total in one statement. The page is cut from an index before anything is joined, and the
 * total is counted in that index, up to one more than pages reach.
 */
const list = (name: string, where: string) =>
	statement<Listed>(
		`products.${name}`,
		`select counted.total, page.*
		from (
			select case when $4::boolean
				then (select count(*)::integer from (select from products where ${where} limit ${COUNT_LIMIT}) as matching)
			end as total
		) as counted
		left join (
			select ${COLUMNS} from (
				select * from products where ${where} and id < $1 order by id desc limit $2 offset $3
			) as product ${JOINED}
		) as page on true
		order by page.id desc`,
	);

const LIST = list("list", ON_SALE);
const LIST_CATEGORY = list("listCategory", `${ON_SALE} and category_id = $5`);
const LIST_STAFF = list("listStaff", `${SEEN_BY("$5")} and ($6::uuid is null or category_id = $6)`);

const QUOTE = statement<{ id: string; name: string; price: string }>(
	"products.quote",
	`select id, name, price from products where id = any($1::uuid[]) and ${ON_SALE}`,
);

const PING = statement("products.ping", "select 1");

/** Behind every id there is. */
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/** @param vendorId whose hidden products may be seen; null sees everybody's */
export async function findProduct(db: Queryable, id: string, vendorId: string | null): Promise<ProductRow | undefined> {
	const [row] = await db.query(FIND, [id, vendorId]);
	return row;
}

export interface Catalogue {
	readonly categoryId: string | undefined;
	/** Whose hidden products are listed too, null for everybody's; undefined lists what is on sale. */
	readonly staff: string | null | undefined;
}

export async function findProducts(db: Queryable, catalogue: Catalogue, slice: Slice): Promise<Found<ProductRow>> {
	const cut = [slice.afterId ?? LAST_ID, slice.limit, slice.offset, slice.isCounted];
	const rows = await listing(db, catalogue, cut);
	const isEmpty = rows[0]?.id == null;
	return { rows: isEmpty ? [] : (rows as unknown as ProductRow[]), total: rows[0]?.total ?? 0 };
}

function listing(db: Queryable, { categoryId, staff }: Catalogue, cut: readonly unknown[]): Promise<Listed[]> {
	if (staff !== undefined) return db.query(LIST_STAFF, [...cut, staff, categoryId]);
	if (categoryId !== undefined) return db.query(LIST_CATEGORY, [...cut, categoryId]);
	return db.query(LIST, cut);
}

/** Name and price of each of these products that is on sale. */
export const pricesOf = (db: Queryable, productIds: readonly string[]) => db.query(QUOTE, [productIds]);

export async function pingDatabase(db: Queryable): Promise<void> {
	await db.query(PING);
}
