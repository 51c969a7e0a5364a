import { batchConsumer } from "../../../mixins/inbox.mixin.ts";
import { ProductCreated, ProductUpdated } from "../../contracts/products.ts";
import { entryOf } from "../catalogue/entry.ts";
import type { Products } from "../products.context.ts";
import { catalogueRowsById } from "../storage/catalogue.queries.ts";

/**
 * Shows products as they are now, which is at least as new as the facts. MongoDB takes no part in the transaction: should
 * that fail after the write, the facts come again and the write, of a version that is there, does nothing.
 */
export const showProduct = batchConsumer<Products, typeof ProductUpdated>(
	"products.showProduct",
	[ProductCreated, ProductUpdated],
	async function (messages, tx) {
		const rows = await catalogueRowsById(tx, [...new Set(messages.map(({ data }) => data.productId))]);
		await this.catalogue.putAll(
			rows.map((row) => entryOf(row, this.config.currency)),
			tx,
		);
		for (const { data } of messages) this.catalogueLag.observe(data.timestamp, this.now());
	},
);
