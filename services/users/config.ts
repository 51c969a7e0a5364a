import { z } from "zod";
import { config as brokerConfig } from "../../mixins/broker/config.ts";
import { readConfig } from "../../mixins/config.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";

const SECRET_BYTES = 32;
const databaseMissing = "is required: the PostgreSQL server, or USER_DATABASE_URL for this service alone";
const secretTooShort = `is required and has at least ${SECRET_BYTES} bytes; make one with: openssl rand -base64 48`;

const Schema = z.object({
	DATABASE_URL: z.string(databaseMissing),
	/** The signing key of access tokens is derived from it: another secret signs everybody out. */
	JWT_SECRET: z.string(secretTooShort).refine((secret) => Buffer.byteLength(secret) >= SECRET_BYTES, secretTooShort),
	/** Where links in mails lead. */
	PUBLIC_URL: z
		.url({ protocol: /^https?$/, error: "is the http(s) address of the shop, such as https://shop.example" })
		.default("http://localhost:3000"),
});

/** The environment of users. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env) {
	const read = readConfig(Schema, { ...env, DATABASE_URL: databaseUrl("users", env) });
	const { redisUrl, namespace } = brokerConfig(env);
	const publicUrl = read.PUBLIC_URL.replace(/\/+$/, "");
	return { databaseUrl: read.DATABASE_URL, jwtSecret: read.JWT_SECRET, publicUrl, redisUrl, namespace };
}
