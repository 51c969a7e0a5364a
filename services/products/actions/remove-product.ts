import type { Ctx } from "../../../mixins/define-service.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { DeleteProduct } from "../../contracts/products.ts";
import { expectVersion, soldBy } from "../domain/access.ts";
import { takeOffSale } from "../domain/product.ts";
import type { Products } from "../products.context.ts";

export async function removeProduct(this: Products, ctx: Ctx<typeof DeleteProduct>): Promise<null> {
	const { principal, expectedVersion } = ctx.meta;
	const occasion = { now: this.now(), currency: this.config.currency };
	await this.change(ctx, ctx.params.id, (product) =>
		takeOffSale(expectVersion(soldBy(product, ownerScope(principal)), expectedVersion), occasion),
	);
	return null;
}
