import { consumer } from "../../../mixins/inbox.mixin.ts";
import { CategoryUpdated } from "../../contracts/categories.ts";
import { entryOf } from "../catalogue/entry.ts";
import type { Products } from "../products.context.ts";
import { catalogueRowsOf } from "../storage/catalogue.queries.ts";

/** Shows the products of a category, and of those below it, under its new name and place. */
export const showCategory = consumer<Products, typeof CategoryUpdated>(
	"products.showCategory",
	CategoryUpdated,
	async function ({ data }, tx) {
		for await (const rows of catalogueRowsOf(tx, data.categoryId))
			await this.catalogue.putAll(
				rows.map((row) => entryOf(row, this.config.currency)),
				tx,
			);
		this.catalogueLag.observe(data.timestamp, this.now());
	},
);
