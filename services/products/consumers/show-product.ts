import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Received } from "../../../mixins/inbox.mixin.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { ProductCreated, ProductUpdated } from "../../contracts/products.ts";
import { entryOf } from "../catalogue/entry.ts";
import type { Products } from "../products.context.ts";
import { catalogueRow } from "../storage/catalogue.queries.ts";

export const showCreated = consumer<Products, typeof ProductCreated>("products.showCreated", ProductCreated, show);
export const showUpdated = consumer<Products, typeof ProductUpdated>("products.showUpdated", ProductUpdated, show);

/**
 * Shows a product as it is now, which is at least as new as the fact. MongoDB takes no part in the transaction: should
 * that fail after the write, the fact comes again and the write, of a version that is there, does nothing.
 */
async function show(this: Products, { data }: Received<typeof ProductUpdated>, tx: Queryable): Promise<void> {
	const rows = await catalogueRow(tx, data.productId);
	await this.catalogue.putAll(
		rows.map((row) => entryOf(row, this.config.currency)),
		tx,
	);
	this.catalogueLag.observe(data.timestamp, this.now());
}
