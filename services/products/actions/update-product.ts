import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { Product, UpdateProduct } from "../../contracts/products.ts";
import { expectVersion, soldBy } from "../domain/access.ts";
import { detailsOf } from "../domain/details.ts";
import { revise } from "../domain/product.ts";
import type { Products } from "../products.context.ts";
import { storedView } from "./stored-view.ts";

export async function updateProduct(this: Products, ctx: Ctx<typeof UpdateProduct>): Promise<Product> {
	const { id, ...given } = ctx.params;
	const { principal, expectedVersion } = ctx.meta;
	const occasion = { now: this.now(), currency: this.config.currency };
	const details = detailsOf(given, principal, occasion.currency);

	await this.change(ctx, id, (product) =>
		revise(expectVersion(soldBy(product, ownerScope(principal)), expectedVersion), details, occasion),
	);
	const product = await storedView(this, this.db, id);
	ctx.meta.$version = product.version;
	return product;
}
