import type { Documents } from "../../../mixins/documents/documents.ts";
import type { Entry } from "../../../mixins/documents/entry.ts";
import type { Rebuilt, RebuildOptions } from "../../../mixins/documents/rebuild.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import type { CatalogueEntry } from "../../contracts/browsing.ts";
import { catalogueRows } from "../storage/catalogue.queries.ts";
import { entryOf } from "./entry.ts";

/**
 * Builds the catalogue anew from the products, compares, and puts it in the place of the old one. Shoppers and
 * staff go on meanwhile.
 *
 * @param currency the shop's
 * @throws RebuildRunning, RebuildLost, ServiceBusy
 */
export function rebuildCatalogue(
	db: Queryable,
	catalogue: Documents<CatalogueEntry>,
	currency: string,
	options?: RebuildOptions,
): Promise<Rebuilt> {
	return catalogue.rebuild(truth(db, currency), options);
}

async function* truth(db: Queryable, currency: string): AsyncGenerator<Entry<CatalogueEntry>[]> {
	for await (const rows of catalogueRows(db)) yield rows.map((row) => entryOf(row, currency));
}
