/** What selects products; whatever is undefined selects all. */
export interface ProductFilter {
	/** Whose hidden products are there too, null for everybody's; undefined shows what is on sale. */
	readonly staff?: string | null | undefined;
	/** A category and all below it. */
	readonly categoryIds?: readonly string[] | undefined;
	readonly vendorId?: string | undefined;
	readonly minPrice?: number | undefined;
	readonly maxPrice?: number | undefined;
	readonly inStock?: boolean | undefined;
	/** What the text must match, as `tsquery` prints itself. */
	readonly query?: string | undefined;
}

/** The parameters of a statement that is put together from fragments: SQL never holds a value. */
export class Values {
	readonly list: unknown[] = [];

	/** @returns what stands for the value in the SQL */
	add(
		value: unknown,
		type: "uuid" | "uuid[]" | "numeric" | "text" | "real" | "integer" | "boolean" | "tsquery",
	): string {
		return `$${this.list.push(value)}::${type}`;
	}
}

/** What is shown to everybody, in the words of the partial indexes. */
export const ON_SALE = "is_active and deleted_at is null";

/**
 * Conditions on `products as product`, without those on its category.
 *
 * @param stockBound a condition on `product_id` that follows from another one on the product: the planner, which joins
 *   the two by merging them, would not see that it does and read the stock from its beginning
 */
export function conditionsOf(filter: ProductFilter, values: Values, stockBound = "true"): string[] {
	const { staff, vendorId, minPrice, maxPrice } = filter;
	return [
		staff === undefined ? ON_SALE : seenByStaff(staff, values),
		...(vendorId === undefined ? [] : [`product.vendor_id = ${values.add(vendorId, "uuid")}`]),
		...(minPrice === undefined ? [] : [`product.price >= ${values.add(minPrice, "numeric")}`]),
		...(maxPrice === undefined ? [] : [`product.price <= ${values.add(maxPrice, "numeric")}`]),
		...textConditions(filter, values, stockBound),
	];
}

/** Those of them that no order of products has in its index. */
export function textConditions(
	{ inStock, query }: Pick<ProductFilter, "inStock" | "query">,
	values: Values,
	stockBound = "true",
): string[] {
	return [
		...(inStock === undefined ? [] : [stocked(inStock, stockBound)]),
		...(query === undefined ? [] : [`product.search @@ ${values.add(query, "tsquery")}`]),
	];
}

const stocked = (isInStock: boolean, bound: string): string =>
	`product.id in (select product_id from inventory where ${isInStock ? "in_stock" : "not in_stock"} and ${bound})`;

const seenByStaff = (staff: string | null, values: Values): string =>
	staff === null
		? "deleted_at is null"
		: `deleted_at is null and (is_active or product.vendor_id = ${values.add(staff, "uuid")})`;

/** The condition on the category, where there is one. */
export const inCategories = ({ categoryIds }: ProductFilter, values: Values): string[] =>
	categoryIds === undefined ? [] : [`product.category_id = any(${values.add(categoryIds, "uuid[]")})`];
