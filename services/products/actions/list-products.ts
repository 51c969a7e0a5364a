import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { Found, Slice } from "../../../mixins/paging.ts";
import type { ParamsOf } from "../../contracts/action.ts";
import type { Listing } from "../../contracts/paging.ts";
import type { ListProducts, Product } from "../../contracts/products.ts";
import { staffScope } from "../cache/answers.ts";
import { viewOf } from "../product.view.ts";
import type { Products } from "../products.context.ts";
import { filterOf } from "../search/filter.ts";
import { findProducts } from "../storage/list.queries.ts";
import type { ListedRow } from "../storage/list.queries.ts";
import { sortKeyOf, SORTS } from "../storage/product-sorts.ts";
import { findNewest } from "../storage/product.queries.ts";
import type { ProductRow } from "../storage/product.queries.ts";

type Params = ParamsOf<typeof ListProducts>;

export function listProducts(this: Products, { params, meta }: Ctx<typeof ListProducts>): Promise<Listing<Product>> {
	const staff = staffScope(meta);
	const ask = () => list(this, params, staff);
	return staff === undefined ? this.cached("lists", JSON.stringify(params), ask) : ask();
}

async function list(service: Products, params: Params, staff: string | null | undefined): Promise<Listing<Product>> {
	const { page: _page, pageSize: _size, cursor: _cursor, limit: _limit, ...asked } = params;
	const sort = SORTS[asked.sort ?? "newest"];
	const isPlain = staff === undefined && Object.keys(asked).length === 0;
	const filter = await filterOf(service.db, asked, staff);
	const find = (slice: Slice): Promise<Found<ProductRow & Partial<ListedRow>>> =>
		isPlain ? findNewest(service.db, slice) : findProducts(service.db, filter, sort, slice);

	const listing = await listed(params, asked, find, sortKeyOf(sort));
	return { ...listing, rows: listing.rows.map((row) => viewOf(row, service.config.currency)) };
}
