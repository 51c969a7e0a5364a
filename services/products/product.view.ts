import type { Product } from "../contracts/products.ts";
import type { ProductRow } from "./storage/product.queries.ts";

/** A product as clients see it. Field by field: a list is mapped at every request. */
export const viewOf = (row: ProductRow, currency: string): Product => ({
	id: row.id,
	name: row.name,
	description: row.description,
	sku: row.sku,
	price: Number(row.price),
	currency,
	categoryId: row.categoryId,
	category: row.category,
	vendorId: row.vendorId,
	stockQuantity: row.stockQuantity,
	isActive: row.isActive,
	images: row.images,
	version: row.version,
	createdAt: row.createdAt,
	updatedAt: row.updatedAt,
});
