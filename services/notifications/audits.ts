import type { Audit } from "../../mixins/integrity/audit.ts";
import { undeliveredSince } from "./storage/audit.queries.ts";

const KIND = "notifications-stuck";

/** What is due is taken within a second, unless every provider of its channel is out of order or nobody sends. */
export const undelivered: Audit<unknown> = {
	name: "notifications that are due",
	kinds: [KIND],
	async chunk(_service, { db }) {
		const rows = await undeliveredSince(db);
		return { findings: rows.map((row) => ({ kind: KIND, ...row })), checked: rows.length, next: null };
	},
};
