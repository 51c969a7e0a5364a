import type { Ctx } from "../../../mixins/define-service.ts";
import { ProductNotFound } from "../../contracts/products.ts";
import type { GetProductLabel, ProductLabel } from "../../contracts/products.ts";
import type { Products } from "../products.context.ts";
import { findLabel } from "../storage/product.queries.ts";

export async function getLabel(this: Products, { params }: Ctx<typeof GetProductLabel>): Promise<ProductLabel> {
	const label = await findLabel(this.db, params.id);
	if (label === undefined) throw new ProductNotFound();
	return label;
}
