import { z } from "zod";
import { defineAction } from "./action.ts";
import { FROM_OPERATORS } from "./operations.ts";
import { Timestamp } from "./text.ts";

/** Changes nothing but the list of differences, which the integrity report then shows. */
export const Reconcile = defineAction("payments.reconcile", {
	summary: "Compares the provider's payments of a window of time with ours and with the ledger.",
	callers: FROM_OPERATORS,
	params: z.strictObject({
		/** The last two days unless told. */
		from: Timestamp.optional(),
		to: Timestamp.optional(),
	}),
	result: z.object({ checked: z.int(), differences: z.int() }),
});

export const RECONCILIATION_ACTIONS = [Reconcile];
