import type { Queryable } from "../../../mixins/sql/database.ts";
import { ProductNotFound } from "../../contracts/products.ts";
import type { Product } from "../../contracts/products.ts";
import { viewOf } from "../product.view.ts";
import type { Products } from "../products.context.ts";
import { findProduct } from "../storage/product.queries.ts";

/** What a command has written, with what only the tables know: the category's name. */
export async function storedView({ config }: Products, db: Queryable, id: string): Promise<Product> {
	const row = await findProduct(db, id, null);
	if (row === undefined) throw new ProductNotFound();
	return viewOf(row, config.currency);
}
