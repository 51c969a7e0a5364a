import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";

const Schema = z.object({
	/** How long a node waits at its start for servers that are not there yet. */
	START_WAIT_SECONDS: z.coerce.number().nonnegative().default(60),
});

const Payments = z.object({
	PAYMENT_PROVIDER_URL: z.string(
		"is required in a cluster without PAYMENT_PROVIDER=stripe: the test provider that all payments nodes share",
	),
});

const Administrator = z.object({
	ADMIN_EMAIL: z.email("is required: the email address of the administrator"),
	ADMIN_PASSWORD: z.string("is required: the password of the administrator, at least 8 characters"),
});

/** What a cluster asks of its nodes beyond their services' own settings. @throws ConfigInvalid */
export function config(services: readonly string[], env: NodeJS.ProcessEnv = process.env) {
	if (services.includes("payments") && env.PAYMENT_PROVIDER !== "stripe") readConfig(Payments, env);
	return { waitMs: readConfig(Schema, env).START_WAIT_SECONDS * 1_000 };
}

/** The administrator that `stoa seed` makes: a cluster makes up no password. @throws ConfigInvalid */
export function administrator(env: NodeJS.ProcessEnv = process.env) {
	const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = readConfig(Administrator, env);
	return { email, password };
}
