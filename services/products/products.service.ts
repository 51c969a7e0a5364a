import type { ActionSchema } from "moleculer";
import { aggregate } from "../../mixins/aggregate.mixin.ts";
import { action, defineService, internal, query } from "../../mixins/define-service.ts";
import { documents } from "../../mixins/documents.mixin.ts";
import { lagOf } from "../../mixins/documents/lag.ts";
import { inbox } from "../../mixins/inbox.mixin.ts";
import { integrity } from "../../mixins/integrity.mixin.ts";
import { outboxAge } from "../../mixins/integrity/stuck.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { forgetAnswers } from "../../mixins/operations.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { upkeep } from "../../mixins/upkeep.mixin.ts";
import type { Chore } from "../../mixins/upkeep.mixin.ts";
import * as browsing from "../contracts/browsing.ts";
import * as shelves from "../contracts/categories.ts";
import * as stock from "../contracts/inventory.ts";
import { StockOfReservations } from "../contracts/integrity.ts";
import { ping } from "../contracts/platform.ts";
import { ADMIN, OPEN, STAFF } from "../contracts/policy.ts";
import * as catalogue from "../contracts/products.ts";
import { SearchProducts } from "../contracts/searching.ts";
import { createCategory, getCategory, listCategories, removeCategory, updateCategory } from "./actions/categories.ts";
import { browseCatalogue, getCatalogueEntry } from "./actions/browse-catalogue.ts";
import { createProduct } from "./actions/create-product.ts";
import { getLabel } from "./actions/get-label.ts";
import { getProduct } from "./actions/get-product.ts";
import { adjustInventory, getInventory, listMovements } from "./actions/inventory.ts";
import { listProducts } from "./actions/list-products.ts";
import { pingProducts } from "./actions/ping.ts";
import { quoteProducts } from "./actions/quote-products.ts";
import { releaseExpiredHolds } from "./actions/release-expired.ts";
import { removeProduct } from "./actions/remove-product.ts";
import { commitStock, reserve, restoreStock, returnStock } from "./actions/reservations.ts";
import { searchProducts } from "./actions/search-products.ts";
import { seedProducts } from "./actions/seed-products.ts";
import { stockOfReservations } from "./actions/stock-of-reservations.ts";
import { updateProduct } from "./actions/update-product.ts";
import { holdAudit, orphanAudit, reservationAudit, stockAudit } from "./audits.ts";
import { answers } from "./cache/answers.ts";
import { invalidation } from "./cache/invalidation.ts";
import { CATALOGUE } from "./catalogue/collection.ts";
import { config } from "./config.ts";
import { countPurchases } from "./consumers/count-purchases.ts";
import { showCategory } from "./consumers/show-category.ts";
import { showProduct } from "./consumers/show-product.ts";
import { importActions } from "./imports/import-actions.ts";
import { importChores } from "./imports/import-chores.ts";
import { importWorkers } from "./imports/import-workers.mixin.ts";
import { countViews } from "./insights/count-views.mixin.ts";
import { insightActions } from "./insights/insight-actions.ts";
import type { Products } from "./products.context.ts";
import { categoryRecords } from "./storage/category.records.mixin.ts";
import { productRepository } from "./storage/product.repository.ts";

const giveBackExpired = (): Chore<Products> => ({
	name: "give back expired holds",
	everyMs: config().sweepEveryMs,
	work: (service) => service.releaseExpired(),
});

/** Where the broker has a cacher. The projection is behind by more than this anyway. */
const cachedBriefly = (schema: ActionSchema): ActionSchema => ({ ...schema, cache: { ttl: 1 } });

/**
 * Products: what the shop sells, and how many there are.
 *
 *     product      on sale ⇄ hidden → removed
 *     reservation  held → committed → restocked
 *                    └→ released
 *
 * Stock moves by reservations and adjustments only, and each move leaves a movement:
 * initial + adjusted + restocked = available + reserved + sold.
 */
export default defineService({
	name: "products",
	mixins: [
		sql({ url: () => config().databaseUrl }),
		aggregate(productRepository(() => config().currency)),
		outbox(),
		documents({ collection: CATALOGUE, mongodb: () => config().mongodb }),
		inbox([showProduct, showCategory, countPurchases]),
		categoryRecords(() => config().databaseUrl),
		answers,
		invalidation,
		importWorkers,
		countViews,
		upkeep(() => [giveBackExpired(), forgetAnswers, ...importChores]),
		integrity([outboxAge, stockAudit, reservationAudit, orphanAudit, holdAudit]),
	],

	created() {
		this.config = config();
		this.catalogueLag = lagOf(this.broker, CATALOGUE.name);
	},

	methods: { releaseExpired: releaseExpiredHolds },

	actions: {
		list: action(catalogue.ListProducts, { rest: "GET /products", policy: OPEN }, listProducts),
		search: action(SearchProducts, { rest: "GET /products/search", policy: OPEN }, searchProducts),
		get: action(catalogue.GetProduct, { rest: "GET /products/:id", policy: OPEN }, getProduct),
		create: action(
			catalogue.CreateProduct,
			{ rest: "POST /products", policy: STAFF, status: 201, location: "/products/:id", idempotent: true },
			createProduct,
		),
		update: action(catalogue.UpdateProduct, { rest: "PUT /products/:id", policy: STAFF }, updateProduct),
		remove: action(
			catalogue.DeleteProduct,
			{ rest: "DELETE /products/:id", policy: STAFF, status: 204 },
			removeProduct,
		),

		categories: action(shelves.ListCategories, { rest: "GET /products/categories", policy: OPEN }, listCategories),
		category: action(shelves.GetCategory, { rest: "GET /products/categories/:id", policy: OPEN }, getCategory),
		createCategory: action(
			shelves.CreateCategory,
			{ rest: "POST /products/categories", policy: ADMIN, status: 201, location: "/products/categories/:id" },
			createCategory,
		),
		updateCategory: action(
			shelves.UpdateCategory,
			{ rest: "PUT /products/categories/:id", policy: ADMIN },
			updateCategory,
		),
		removeCategory: action(
			shelves.DeleteCategory,
			{ rest: "DELETE /products/categories/:id", policy: ADMIN, status: 204 },
			removeCategory,
		),

		inventory: action(stock.GetInventory, { rest: "GET /inventory/:productId", policy: STAFF }, getInventory),
		adjustInventory: action(
			stock.AdjustInventory,
			{ rest: "PUT /inventory/:productId", policy: STAFF, idempotent: true },
			adjustInventory,
		),
		movements: action(
			stock.ListMovements,
			{ rest: "GET /inventory/:productId/movements", policy: STAFF },
			listMovements,
		),

		...importActions,
		...insightActions,

		// From the projection, which follows within moments; asked over Moleculer only.
		browse: cachedBriefly(query(browsing.BrowseCatalogue, browseCatalogue)),
		entry: cachedBriefly(query(browsing.GetCatalogueEntry, getCatalogueEntry)),

		// Asked by orders, and steps of its checkout saga: safe to repeat, in any order.
		quote: query(catalogue.QuoteProducts, quoteProducts),
		reserve: internal(stock.ReserveStock, reserve),
		commitStock: internal(stock.CommitStock, commitStock),
		restoreStock: internal(stock.RestoreStock, restoreStock),
		returnStock: internal(stock.ReturnStock, returnStock),

		// Asked by notifications.
		label: query(catalogue.GetProductLabel, getLabel),

		seed: internal(catalogue.SeedProducts, seedProducts),
		ofReservations: query(StockOfReservations, stockOfReservations),
		ping: query(ping("products"), pingProducts),
	},
});
