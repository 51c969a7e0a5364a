import { purge } from "../../../mixins/sql/purge.ts";
import type { SqlMethods } from "../../../mixins/sql.mixin.ts";
import type { Chore } from "../../../mixins/upkeep.mixin.ts";
import { PURGE_IMPORTS, PURGE_PARTS, PURGE_SKUS } from "../storage/import.store.ts";

const EVERY_MS = 60_000;

export const importChores: readonly Chore<SqlMethods>[] = [
	{
		name: "forget uploads that became no import",
		everyMs: EVERY_MS,
		work: ({ db }) => purge(db, PURGE_PARTS),
	},
	{ name: "forget the SKUs of ended imports", everyMs: EVERY_MS, work: ({ db }) => purge(db, PURGE_SKUS) },
	{ name: "forget old imports", everyMs: EVERY_MS, work: ({ db }) => purge(db, PURGE_IMPORTS) },
];
