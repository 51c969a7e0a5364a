import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";

const Schema = z.object({
	DATABASE_URL: z.string("is required: the PostgreSQL server, or ORDER_DATABASE_URL for this service alone"),
	/** How long the stock of an unpaid order is held. */
	ORDER_HOLD_MINUTES: z.coerce.number().positive().default(15),
	/** After this long a request is answered with 202 and the checkout goes on. */
	ORDER_ANSWER_WITHIN_MS: z.coerce.number().int().positive().default(3_000),
	/** A checkout that has not confirmed its order by then is undone. */
	ORDER_CHECKOUT_DEADLINE_MS: z.coerce.number().int().positive().default(60_000),
});

/** The environment of orders. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env) {
	const read = readConfig(Schema, { ...env, DATABASE_URL: databaseUrl("orders", env) });
	return {
		databaseUrl: read.DATABASE_URL,
		holdMs: read.ORDER_HOLD_MINUTES * 60_000,
		answerWithinMs: read.ORDER_ANSWER_WITHIN_MS,
		checkoutDeadlineMs: read.ORDER_CHECKOUT_DEADLINE_MS,
	};
}

export type OrdersConfig = ReturnType<typeof config>;
