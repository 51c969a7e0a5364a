import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { minorFromDecimal } from "../../contracts/money.ts";
import type { Product } from "../domain/product.ts";

/** Which of these SKUs the file has for the first time: their positions, from 1. */
const CLAIM = statement<{ position: number }>(
	"importRows.claimSkus",
	`with given as (
		select lower(sku) as sku, position::integer from unnest($2::text[]) with ordinality as given (sku, position)
	), fresh as (
		insert into import_skus (import_id, sku) select distinct $1::uuid, sku from given order by sku
		on conflict do nothing returning sku
	)
	select min(position) as position from given join fresh using (sku) group by sku`,
);

type Row = Omit<Product, "priceCents"> & { readonly position: number; readonly price: string };

/** Stock is locked before products and both by id, as everywhere, so that nobody waits for anybody in a circle. */
const known = (name: string, hold: (table: string) => string) =>
	statement<Row>(
		`importRows.${name}`,
		`with given as materialized (
			select lower(sku) as sku, position::integer from unnest($1::text[]) with ordinality as given (sku, position)
		), found as materialized (
			select products.id, position from given join products on lower(products.sku) = given.sku and deleted_at is null
		), stock as materialized (
			select product_id, available, low_stock_threshold from inventory
			where product_id in (select id from found) order by product_id ${hold("inventory")}
		)
		select position, products.id, name, description, sku, price, category_id as "categoryId", vendor_id as "vendorId",
			images, is_active as "isActive", stock.low_stock_threshold as "lowStockThreshold", stock.available, version,
			created_at as "createdAt", updated_at as "updatedAt", deleted_at as "deletedAt"
		from found join stock on stock.product_id = found.id join products on products.id = found.id
		where deleted_at is null
		order by products.id ${hold("products")}`,
	);

const LOOK = known("look", () => "");
const LOCK = known("lock", (table) => `for update of ${table}`);

const CATEGORIES = statement<{ name: string; id: string }>(
	"importRows.categories",
	`select given.name, categories.id from unnest($1::text[]) as given (name)
	join categories on lower(categories.name) = lower(given.name)`,
);

/** @returns the positions of the SKUs, from 0, that no row before has had */
export async function claimSkus(tx: Queryable, importId: string, skus: readonly string[]): Promise<Set<number>> {
	const rows = await tx.query(CLAIM, [importId, skus]);
	return new Set(rows.map(({ position }) => position - 1));
}

export interface Looking {
	/** Holds the products and their stock until the transaction ends. */
	readonly isHolding: boolean;
	readonly currency: string;
}

/** The products that have these SKUs in any spelling of their letters, by the position of the SKU, from 0. */
export async function productsBySku(
	tx: Queryable,
	skus: readonly string[],
	{ isHolding, currency }: Looking,
): Promise<Map<number, Product>> {
	const rows = await tx.query(isHolding ? LOCK : LOOK, [skus]);
	return new Map(
		rows.map(({ position, price, ...row }) => [
			position - 1,
			{ ...row, priceCents: minorFromDecimal(price, currency) },
		]),
	);
}

/** Ids of categories by the names given, in any spelling of their letters. */
export async function categoriesByName(tx: Queryable, names: readonly string[]): Promise<Map<string, string>> {
	if (names.length === 0) return new Map();
	const rows = await tx.query(CATEGORIES, [names]);
	return new Map(rows.map(({ name, id }) => [name, id]));
}
