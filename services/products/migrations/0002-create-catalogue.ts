import { DOCUMENTS_TABLES, documentCollection } from "../../../mixins/documents/jsonb/tables.ts";
import { INBOX_TABLES } from "../../../mixins/events/inbox.ts";

const CATALOGUE = {
	name: "catalogue",
	fields: { name: "text", price: "number", vendorId: "text", categoryIds: "tags" },
	sorts: ["name", "price"],
} as const;

export default `
	alter table categories
		add column version integer not null default 1,
		add column announced integer not null default 0;

	-- One row: grows with every change of any category, for what shows products with their place in the tree.
	create table category_tree (
		is_only boolean primary key default true check (is_only),
		revision bigint not null default 0
	);
	insert into category_tree default values;

	${INBOX_TABLES}
	${DOCUMENTS_TABLES}
	${documentCollection(CATALOGUE)}
`;
