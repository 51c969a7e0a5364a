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
	STOA_HOME: z.string().optional(),
});

export interface PaymentsConfig {
	readonly databaseUrl: string;
	readonly providerTimeoutMs: number;
	/** The provider that all nodes share; without one each has a test provider in its process. */
	readonly providerUrl: string | undefined;
	/** File in which the test provider keeps its effects; without one it forgets them with the process. */
	readonly testJournal: string | undefined;
}

/** @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env): PaymentsConfig {
	const given = readConfig(Environment, { ...env, DATABASE_URL: databaseUrl("payments", env) });
	const { STOA_HOME: home, PAYMENT_TEST_JOURNAL: journal } = given;
	return {
		databaseUrl: given.DATABASE_URL,
		providerTimeoutMs: given.PAYMENT_PROVIDER_TIMEOUT_MS,
		providerUrl: given.PAYMENT_PROVIDER_URL,
		testJournal: journal ?? (home && join(home, "payments", "test-provider.jsonl")),
	};
}
