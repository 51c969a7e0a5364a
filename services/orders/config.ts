import { z } from "zod";
import { ConfigInvalid, readConfig } from "../../mixins/config.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";

const Schema = z.object({
	/** How long the stock of an unpaid order is held. */
	ORDER_HOLD_MINUTES: z.coerce.number().positive().default(15),
	/** After this long a request is answered with 202 and the checkout goes on. */
	ORDER_ANSWER_WITHIN_MS: z.coerce.number().int().positive().default(3_000),
	/** A checkout that has not confirmed its order by then is undone. */
	ORDER_CHECKOUT_DEADLINE_MS: z.coerce.number().int().positive().default(60_000),
});

/** The environment of orders. @throws ConfigInvalid with every problem at once */
export function ordersConfig(env: NodeJS.ProcessEnv = process.env) {
	const read = readConfig(Schema, env);
	return {
		holdMs: read.ORDER_HOLD_MINUTES * 60_000,
		answerWithinMs: read.ORDER_ANSWER_WITHIN_MS,
		checkoutDeadlineMs: read.ORDER_CHECKOUT_DEADLINE_MS,
	};
}

export type OrdersConfig = ReturnType<typeof ordersConfig>;

/** @throws ConfigInvalid when the environment names no database */
export function ordersDatabaseUrl(env: NodeJS.ProcessEnv = process.env): string {
	const url = databaseUrl("orders", env);
	if (url === undefined) throw new ConfigInvalid(["DATABASE_URL: is required, or ORDER_DATABASE_URL for this service"]);
	return url;
}
