import type { Change, Repository } from "../../../mixins/aggregate.mixin.ts";
import { announce } from "../../../mixins/events/outbox.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { violates } from "../../../mixins/sql/errors.ts";
import { decimalFromMinor, minorFromDecimal } from "../../contracts/money.ts";
import { CategoryNotFound } from "../../contracts/categories.ts";
import { ProductNotFound, SkuTaken } from "../../contracts/products.ts";
import type { Decision, Product } from "../domain/product.ts";

type Row = Omit<Product, "priceCents"> & { readonly price: string };

/** Stock is locked before the product, here as in every other statement, so that two never wait for each other. */
const LOCK = statement<Row>(
	"products.lock",
	`with stock as materialized (
		select available, low_stock_threshold from inventory where product_id = $1 for update
	)
	select id, name, description, sku, price, category_id as "categoryId", vendor_id as "vendorId", images,
		is_active as "isActive", stock.low_stock_threshold as "lowStockThreshold", stock.available, version,
		created_at as "createdAt", updated_at as "updatedAt", deleted_at as "deletedAt"
	from products cross join stock
	where id = $1 and deleted_at is null
	for update of products`,
);

/** The first movement has the product's own id: no other can come before it. */
const INSERT = statement<{ id: string }>(
	"products.insert",
	`with saved as (
		insert into products (id, version, name, description, sku, price, category_id, vendor_id, images, is_active,
			created_at, updated_at, announced)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, json_array_length($13::json))
		returning id, announced
	), stock as (
		insert into inventory (product_id, low_stock_threshold, initial, available)
		select id, $14::integer, $15::integer, $15::integer from saved
	), journal as (
		insert into movements (product_id, id, kind, quantity)
		select id, id, 'initial', $15::integer from saved where $15::integer > 0
	), facts as (${announce("$13")})
	select id from saved`,
);

const UPDATE = statement<{ id: string }>(
	"products.update",
	`with saved as (
		update products set version = $2, name = $3, description = $4, sku = $5, price = $6, category_id = $7,
			vendor_id = $8, images = $9, is_active = $10, updated_at = $11, deleted_at = $12,
			announced = announced + json_array_length($13::json)
		where id = $1 and version = $2 - 1
		returning id, announced
	), stock as (
		update inventory set low_stock_threshold = $14::integer from saved
		where product_id = saved.id and low_stock_threshold <> $14::integer
	), facts as (${announce("$13")})
	select id from saved`,
);

/** @param currency the shop's, read when a row is */
export function productRepository(currency: () => string): Repository<Product, Decision> {
	return {
		async lock(tx, id) {
			const [row] = await tx.query(LOCK, [id]);
			return row && productFrom(row, currency());
		},

		async save(tx, change) {
			try {
				return await write(tx, change, currency());
			} catch (error) {
				throw refusal(error);
			}
		},

		missing: () => new ProductNotFound(),
	};
}

function productFrom({ price, ...row }: Row, currency: string): Product {
	return { ...row, priceCents: minorFromDecimal(price, currency) };
}

async function write(tx: Queryable, { before, decision, outbox }: Change<Product, Decision, never>, currency: string) {
	const { state } = decision;
	const columns = columnsOf(state, currency);
	const written =
		before === undefined
			? tx.query(INSERT, [
					...columns,
					state.createdAt,
					state.updatedAt,
					outbox,
					state.lowStockThreshold,
					state.available,
				])
			: tx.query(UPDATE, [...columns, state.updatedAt, state.deletedAt, outbox, state.lowStockThreshold]);
	return (await written).length > 0;
}

function columnsOf(product: Product, currency: string): unknown[] {
	const { id, version, name, description, sku, priceCents, categoryId, vendorId, images, isActive } = product;
	const price = decimalFromMinor(priceCents, currency);
	return [id, version, name, description, sku, price, categoryId, vendorId, JSON.stringify(images), isActive];
}

function refusal(error: unknown): unknown {
	if (violates(error, "products_sku")) return new SkuTaken();
	if (violates(error, "products_category")) return new CategoryNotFound();
	return error;
}
