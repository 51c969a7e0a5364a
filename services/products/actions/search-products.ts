import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import { MAX_CANDIDATES } from "../../contracts/searching.ts";
import type { SearchProducts, SearchResult } from "../../contracts/searching.ts";
import type { ParamsOf } from "../../contracts/action.ts";
import { staffScope } from "../cache/answers.ts";
import { viewOf } from "../product.view.ts";
import type { Products } from "../products.context.ts";
import { filterOf } from "../search/filter.ts";
import { findByWords } from "../search/find-by-words.ts";
import type { Outcome } from "../search/find-by-words.ts";
import { queryOf } from "../search/term-queries.ts";
import type { ListedRow } from "../storage/list.queries.ts";
import { sortKeyOf, SORTS } from "../storage/product-sorts.ts";

type Params = ParamsOf<typeof SearchProducts>;

export function searchProducts(this: Products, { params, meta }: Ctx<typeof SearchProducts>): Promise<SearchResult> {
	const staff = staffScope(meta);
	const ask = () => search(this, params, staff);
	return staff === undefined ? this.cached("lists", `search ${JSON.stringify(params)}`, ask) : ask();
}

async function search(service: Products, params: Params, staff: string | null | undefined): Promise<SearchResult> {
	const { page: _page, pageSize: _size, cursor: _cursor, limit: _limit, ...asked } = params;
	const sort = SORTS[asked.sort ?? "relevance"];
	const filter = await filterOf(service.db, asked, staff);
	const outcomes: Outcome[] = [];
	const listing = await listed<ListedRow>(
		params,
		asked,
		async (slice) => {
			const outcome = await findByWords(service.db, {
				q: asked.q,
				queryOf: (terms) => queryOf(service, terms),
				filter,
				sort,
				slice,
			});
			outcomes.push(outcome);
			return { rows: outcome.rows, total: Math.min(outcome.total, MAX_CANDIDATES) };
		},
		sortKeyOf(sort),
	);
	const rows = listing.rows.map((row) => viewOf(row, service.config.currency));
	return { ...listing, rows, ...told(outcomes[0], "total" in listing) } as SearchResult;
}

function told(outcome: Outcome | undefined, hasTotal: boolean): object {
	if (outcome === undefined) return {};
	const { total, facets, readings } = outcome;
	const isBroad = total > MAX_CANDIDATES;
	return {
		...(isBroad && hasTotal && { totalIsEstimate: true }),
		facets,
		...(isBroad && { facetsAreApproximate: true }),
		...(readings !== undefined && readings.size > 0 && { corrections: Object.fromEntries(readings) }),
	};
}
