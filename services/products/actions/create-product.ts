import type { Ctx } from "../../../mixins/define-service.ts";
import { once } from "../../../mixins/operations.ts";
import type { CreateProduct, Product } from "../../contracts/products.ts";
import { detailsOf } from "../domain/details.ts";
import { putOnSale } from "../domain/product.ts";
import type { Draft } from "../domain/product.ts";
import type { Products } from "../products.context.ts";
import { storedView } from "./stored-view.ts";

/** The product, its stock, its first movement and its fact, in one transaction. */
export async function createProduct(this: Products, ctx: Ctx<typeof CreateProduct>): Promise<Product> {
	const { stockQuantity = 0, ...given } = ctx.params;
	const occasion = { now: this.now(), currency: this.config.currency };
	const draft = detailsOf(given, ctx.meta.principal, occasion.currency) as Draft;
	const decision = putOnSale(this.newId(), draft, stockQuantity, occasion);

	const product = await once(this.db, ctx, 201, async (tx) => {
		await this.create(ctx, decision, undefined, tx);
		return storedView(this, tx, decision.state.id);
	});
	// Again, after the commit: what `create` woke may have looked too early.
	this.wakeRelay();
	ctx.meta.$version = product.version;
	return product;
}
