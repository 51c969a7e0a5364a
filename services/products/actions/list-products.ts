import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import { ownerScope } from "../../contracts/meta.ts";
import type { Principal } from "../../contracts/meta.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { ListProducts, Product } from "../../contracts/products.ts";
import { viewOf } from "../product.view.ts";
import type { Products } from "../products.context.ts";
import { findProducts } from "../storage/product.queries.ts";

export function listProducts(this: Products, { params, meta }: Ctx<typeof ListProducts>): Promise<Listing<Product>> {
	const { categoryId } = params;
	const catalogue = { categoryId, staff: staffScope(meta.principal) };
	return listed(params, { categoryId }, async (slice) => {
		const { rows, total } = await findProducts(this.db, catalogue, slice);
		return { rows: rows.map((row) => viewOf(row, this.config.currency)), total };
	});
}

/** Staff lists hidden products too: a vendor his own, an admin all. */
function staffScope(principal: Principal | undefined): string | null | undefined {
	return principal === undefined || principal.role === "customer" ? undefined : ownerScope(principal);
}
