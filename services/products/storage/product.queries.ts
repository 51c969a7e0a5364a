import { COUNT_LIMIT } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { MAX_PAGE_SIZE } from "../../contracts/paging.ts";
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

/** What a hidden product is hidden from: everybody but its vendor and the admins (`$n` null). */
const ON_SALE = "is_active and deleted_at is null";
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

/** Parameters of the filter come after `first`, the last one of the cut. */
const pages = (name: string, where: (first: number) => string) => ({
	first: page(name, where(3), FIRST),
	later: page(`${name}Later`, where(4), LATER),
});

const ALL = pages("list", () => ON_SALE);
const OF_CATEGORY = pages("listCategory", (at) => `${ON_SALE} and category_id = $${at + 1}`);
const OF_STAFF = pages(
	"listStaff",
	(at) => `${seenBy(`$${at + 1}`)} and ($${at + 2}::uuid is null or category_id = $${at + 2})`,
);

const QUOTE = statement<{ id: string; name: string; price: string }>(
	"products.quote",
	`select id, name, price from products where id = any((select $1::uuid[])::uuid[]) and ${ON_SALE}`,
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
	const [{ first, later }, filter] = chosen(catalogue);
	const cut = [slice.afterId ?? LAST_ID, slice.limit, slice.isCounted];
	const rows =
		slice.offset === 0
			? await db.query(first, [...cut, ...filter])
			: await db.query(later, [...cut, slice.offset, ...filter]);
	const isEmpty = rows[0]?.id == null;
	return { rows: isEmpty ? [] : (rows as unknown as ProductRow[]), total: rows[0]?.total ?? 0 };
}

function chosen({ categoryId, staff }: Catalogue) {
	if (staff !== undefined) return [OF_STAFF, [staff, categoryId]] as const;
	if (categoryId !== undefined) return [OF_CATEGORY, [categoryId]] as const;
	return [ALL, []] as const;
}

/** Name and price of each of these products that is on sale. */
export const pricesOf = (db: Queryable, productIds: readonly string[]) => db.query(QUOTE, [productIds]);

export async function pingDatabase(db: Queryable): Promise<void> {
	await db.query(PING);
}
