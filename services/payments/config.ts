import { join } from "node:path";
import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";

const Environment = z.object({
	DATABASE_URL: z.string("is required: the PostgreSQL server, or PAYMENT_DATABASE_URL for this service alone"),
	/** How long one call of the provider may take before its outcome is asked for. */
	PAYMENT_PROVIDER_TIMEOUT_MS: z.coerce.number().int().positive().default(5_000),
	PAYMENT_PROVIDER_URL: z.url({ protocol: /^https?$/, error: "is a URL, e.g. http://localhost:3010" }).optional(),
	PAYMENT_TEST_JOURNAL: z.string().optional(),
	PAYMENT_PROVIDER: z.enum(["test", "stripe"], "is test or stripe").default("test"),
	STRIPE_SECRET_KEY: z
		.string()
		.regex(/^[sr]k_/, "is a secret key (sk_…) or a restricted one (rk_…)")
		.optional(),
	/** Several while one is replaced by the next. */
	STRIPE_WEBHOOK_SECRET: z.string().default(""),
	STRIPE_API_URL: z.url({ protocol: /^https?$/, error: "is a URL, e.g. http://localhost:12111" }).optional(),
	STOA_HOME: z.string().optional(),
});

const Needed = Environment.refine(({ PAYMENT_PROVIDER: chosen, STRIPE_SECRET_KEY: key }) => chosen === "test" || key, {
	path: ["STRIPE_SECRET_KEY"],
	error: "is required with PAYMENT_PROVIDER=stripe: the secret key of the Stripe account",
});

export interface StripeConfig {
	readonly secretKey: string;
	readonly apiUrl: string | undefined;
}

export interface PaymentsConfig {
	readonly databaseUrl: string;
	readonly providerTimeoutMs: number;
	/** The provider that all nodes share; without one each has a test provider in its process. */
	readonly providerUrl: string | undefined;
	/** File in which the test provider keeps its effects; without one it forgets them with the process. */
	readonly testJournal: string | undefined;
	/** Set when Stripe is the provider. */
	readonly stripe: StripeConfig | undefined;
	/** What Stripe signs its webhooks with; none switches them off. */
	readonly webhookSecrets: readonly string[];
}

/** @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env): PaymentsConfig {
	const given = readConfig(Needed, { ...env, DATABASE_URL: databaseUrl("payments", env) });
	const { STOA_HOME: home, PAYMENT_TEST_JOURNAL: journal } = given;
	return {
		databaseUrl: given.DATABASE_URL,
		providerTimeoutMs: given.PAYMENT_PROVIDER_TIMEOUT_MS,
		providerUrl: given.PAYMENT_PROVIDER_URL,
		testJournal: journal ?? (home && join(home, "payments", "test-provider.jsonl")),
		stripe: stripeOf(given),
		webhookSecrets: given.STRIPE_WEBHOOK_SECRET.split(",")
			.map((secret) => secret.trim())
			.filter((secret) => secret !== ""),
	};
}

function stripeOf({ PAYMENT_PROVIDER: chosen, STRIPE_SECRET_KEY: secretKey, ...given }: z.output<typeof Environment>) {
	if (chosen === "test" || secretKey === undefined) return undefined;
	return { secretKey, apiUrl: given.STRIPE_API_URL };
}
