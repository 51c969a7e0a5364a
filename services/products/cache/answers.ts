import type { ServiceSchema } from "moleculer";
import { cache } from "../../../mixins/cache.mixin.ts";
import type { CacheMethods } from "../../../mixins/cache.mixin.ts";
import { defineMixin } from "../../../mixins/define-service.ts";
import type { StoaService } from "../../../mixins/define-service.ts";
import type { Meta, Principal } from "../../contracts/meta.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { config } from "../config.ts";

/**
 * Products by their ids; lists of products and of categories, and searches, by what was asked: as everybody sees them.
 * Terms with the categories they name.
 */
const SHELVES = { products: { maxEntries: 10_000 }, lists: { maxEntries: 500 }, terms: { maxEntries: 5_000 } };

export interface AnswerMethods extends CacheMethods<keyof typeof SHELVES> {
	/**
	 * To be called between the commit of a change and its answer. Lists and searches go, on all nodes, and the
	 * products themselves: those of the ids, or, when categories have changed, all.
	 */
	forgetCatalogue(productIds?: readonly string[]): void;
	/**
	 * Of products whose units an order has moved: on this node alone, and not in lists, or a busy shop would keep
	 * nothing. Everything else shows the old number for the time to live, as it does a moment before any sale.
	 */
	forgetStock(productIds: readonly string[]): void;
}

/** What the products service keeps of its answers. */
export const answers: Partial<ServiceSchema> = {
	mixins: [
		defineMixin<StoaService & AnswerMethods>({
			methods: {
				forgetCatalogue(productIds?: readonly string[]) {
					if (productIds?.length !== 0) this.forget("products", productIds);
					this.forget("lists");
					if (productIds === undefined) this.forget("terms");
				},

				forgetStock(productIds: readonly string[]) {
					this.forgetHere("products", productIds);
				},
			},
		}) as ServiceSchema,
		cache({ shelves: SHELVES, ttlMs: () => config().cacheMs }) as ServiceSchema,
	],
};

/** Staff sees hidden products too, a vendor his own and an admin all (null), and asks the database; undefined is everybody else. */
export function staffScope({ principal }: Meta): string | null | undefined {
	return isStaff(principal) ? ownerScope(principal) : undefined;
}

const isStaff = (principal: Principal | undefined): boolean =>
	principal?.role === "admin" || principal?.role === "vendor";
