import { z } from "zod";
import { readConfig } from "../config.ts";

const Schema = z.object({
	/** How often a service audits itself; 0 switches the periodic check off. */
	INTEGRITY_EVERY_MS: z.coerce.number().int().nonnegative().default(60_000),
	/** Only what has rested for this long is compared with what other services store. */
	INTEGRITY_SETTLE_MS: z.coerce.number().int().nonnegative().default(30_000),
	/** How long each audit of a periodic check may take; what is left is looked at in the next. */
	INTEGRITY_BUDGET_MS: z.coerce.number().int().positive().default(250),
});

/** @throws ConfigInvalid naming every variable that is wrong */
export function config(env: NodeJS.ProcessEnv = process.env) {
	const read = readConfig(Schema, env);
	return { everyMs: read.INTEGRITY_EVERY_MS, settleMs: read.INTEGRITY_SETTLE_MS, budgetMs: read.INTEGRITY_BUDGET_MS };
}

export type IntegrityConfig = ReturnType<typeof config>;
