import type { Queryable } from "../../../mixins/sql/database.ts";
import { subtreeOf } from "../storage/category-tree.queries.ts";
import type { ProductFilter } from "../storage/product-filters.ts";

type Narrowing = Pick<ProductFilter, "vendorId" | "minPrice" | "maxPrice" | "inStock"> & {
	readonly categoryId?: string | undefined;
};

/** What was asked for, as storage selects it: a category is all that lies below it. */
export async function filterOf(
	db: Queryable,
	{ categoryId, vendorId, minPrice, maxPrice, inStock }: Narrowing,
	staff: string | null | undefined,
): Promise<ProductFilter> {
	const categoryIds = categoryId === undefined ? undefined : await subtreeOf(db, categoryId);
	return { staff, categoryIds, vendorId, minPrice, maxPrice, inStock };
}
