import { defineCollection } from "../../../mixins/documents/collection.ts";

/** What the catalogue may be asked for. Another field needs its index: a migration, and a rebuild. */
export const CATALOGUE = defineCollection({
	name: "catalogue",
	fields: { name: "text", price: "number", vendorId: "text", categoryIds: "tags" },
	sorts: ["name", "price"],
});
