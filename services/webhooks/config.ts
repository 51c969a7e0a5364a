import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";
import { config as outboundConfig } from "../../mixins/outbound/config.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";

const KEY_BYTES = 32;
const DAY_MS = 86_400_000;
const keyMissing = `is required: ${KEY_BYTES} bytes in base64url; make one with: openssl rand 32 | basenc --base64url`;

const keysOf = (list: string): Buffer[] => list.split(",").map((key) => Buffer.from(key.trim(), "base64url"));

const Schema = z.object({
	DATABASE_URL: z.string("is required: the PostgreSQL server, or WEBHOOK_DATABASE_URL for this service alone"),
	/** Encrypts the secrets of endpoints. A comma list: the first encrypts, the others are those that it replaces. */
	WEBHOOK_ENCRYPTION_KEY: z
		.string(keyMissing)
		.transform(keysOf)
		.refine((keys) => keys.every(({ length }) => length === KEY_BYTES), { message: keyMissing }),
	/** An endpoint that fails for so long, without one success, is disabled. */
	WEBHOOK_DISABLE_AFTER_DAYS: z.coerce.number().positive().max(30).default(5),
	/** How long an attempt may take in total. */
	WEBHOOK_TIMEOUT_MS: z.coerce.number().int().min(100).max(15_000).default(10_000),
});

/** The environment of webhooks. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env) {
	const rules = outboundConfig(env);
	const read = readConfig(Schema, { ...env, DATABASE_URL: databaseUrl("webhooks", env) });
	return {
		databaseUrl: read.DATABASE_URL,
		encryptionKeys: read.WEBHOOK_ENCRYPTION_KEY,
		disableAfterMs: read.WEBHOOK_DISABLE_AFTER_DAYS * DAY_MS,
		timeoutMs: read.WEBHOOK_TIMEOUT_MS,
		rules,
	};
}

export type WebhooksConfig = ReturnType<typeof config>;
