import type { Entry } from "../../../mixins/documents/entry.ts";
import type { CatalogueEntry } from "../../contracts/browsing.ts";

/** A product with its place in the category tree, read in one moment. */
export type CatalogueRow = Omit<CatalogueEntry, "price" | "currency"> & {
	/** Grows with the product and with the category tree. */
	readonly revision: number;
	readonly price: string;
	readonly isOnSale: boolean;
};

/** Hidden and removed products leave the catalogue; their revision stays there. */
export function entryOf({ revision, isOnSale, ...row }: CatalogueRow, currency: string): Entry<CatalogueEntry> {
	const document = isOnSale ? { ...row, price: Number(row.price), currency } : null;
	return { id: row.id, version: revision, document };
}
