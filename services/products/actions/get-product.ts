import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { ProductNotFound } from "../../contracts/products.ts";
import type { GetProduct, Product } from "../../contracts/products.ts";
import { staffScope } from "../cache/answers.ts";
import { viewOf } from "../product.view.ts";
import type { Products } from "../products.context.ts";
import { findProduct } from "../storage/product.queries.ts";

/** Looks made by staff are no views of a shopper, and find what is hidden. */
export async function getProduct(this: Products, { params: { id }, meta }: Ctx<typeof GetProduct>): Promise<Product> {
	const staff = staffScope(meta);
	const product = await (staff === undefined
		? this.cached("products", id, () => find(this, id, ownerScope(undefined)))
		: find(this, id, staff));

	if (staff === undefined) this.views.count(product.id);
	meta.$version = product.version;
	return product;
}

async function find({ db, config }: Products, id: string, vendorId: string | null): Promise<Product> {
	const row = await findProduct(db, id, vendorId);
	if (row === undefined) throw new ProductNotFound();
	return viewOf(row, config.currency);
}
