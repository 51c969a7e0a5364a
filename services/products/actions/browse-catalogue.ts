import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { ProductNotFound } from "../../contracts/products.ts";
import type { BrowseCatalogue, CatalogueEntry, GetCatalogueEntry } from "../../contracts/browsing.ts";
import type { Products } from "../products.context.ts";

const DEFAULT_LIMIT = 20;

export async function browseCatalogue(
	this: Products,
	{ params }: Ctx<typeof BrowseCatalogue>,
): Promise<ResultOf<typeof BrowseCatalogue>> {
	const { categoryId, vendorId, minPrice, maxPrice, sort, cursor, limit = DEFAULT_LIMIT } = params;
	const where = { categoryIds: categoryId, vendorId, price: { min: minPrice, max: maxPrice } };
	// Ids are UUIDv7: the newest product has the largest.
	const by = sort === "newest" ? "-id" : sort;
	const { rows, nextCursor } = await this.catalogue.list({ where, sort: by, cursor, limit });
	return { rows: rows.map(({ document }) => document), nextCursor };
}

export async function getCatalogueEntry(
	this: Products,
	{ params }: Ctx<typeof GetCatalogueEntry>,
): Promise<CatalogueEntry> {
	const entry = await this.catalogue.get(params.id);
	if (entry === undefined) throw new ProductNotFound();
	return entry.document;
}
