import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { ProductNotFound } from "../../contracts/products.ts";
import type { GetProduct, Product } from "../../contracts/products.ts";
import { viewOf } from "../product.view.ts";
import type { Products } from "../products.context.ts";
import { findProduct } from "../storage/product.queries.ts";

export async function getProduct(this: Products, { params, meta }: Ctx<typeof GetProduct>): Promise<Product> {
	const row = await findProduct(this.db, params.id, ownerScope(meta.principal));
	if (row === undefined) throw new ProductNotFound();

	meta.$version = row.version;
	return viewOf(row, this.config.currency);
}
