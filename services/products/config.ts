import { z } from "zod";
import { readConfig } from "../../mixins/config.ts";
import { isMongoUrl, mongoServer } from "../../mixins/documents/mongo/mongo-server.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";

const databaseMissing = "is required: the PostgreSQL server, or PRODUCT_DATABASE_URL for this service alone";

const Schema = z.object({
	DATABASE_URL: z.string(databaseMissing),
	/** Where the catalogue projection is; without it, a table of the database. */
	MONGODB_URL: z
		.string()
		.refine(isMongoUrl, "is a URL such as mongodb://host:27017, several hosts by commas")
		.optional(),
	STOA_NAMESPACE: z.string().optional(),
	/** ISO 4217 code of every price of the shop. */
	CURRENCY: z
		.string()
		.regex(/^[A-Z]{3}$/, "must be an ISO 4217 code such as EUR")
		.default("EUR"),
	/** Between the cells of an import and of an export. */
	CSV_DELIMITER: z
		.string()
		.regex(/^([^"\r\n]|\\t)$/, "must be one character, or \\t, and neither a quote nor a line break")
		.transform((given) => (given === "\\t" ? "\t" : given))
		.default(","),
	/** How often expired reservations are looked for. */
	RESERVATION_SWEEP_SECONDS: z.coerce.number().positive().default(10),
	/** How long after its expiry a hold is kept: orders normally give it back themselves. */
	RESERVATION_GRACE_SECONDS: z.coerce.number().nonnegative().default(60),
	/** How old an answer of the catalogue may be that another node has changed; 0 keeps none. */
	PRODUCT_CACHE_MS: z.coerce
		.number()
		.int()
		.nonnegative()
		.max(999, "must be below 1000: others see a change within a second")
		.default(900),
});

/** The environment of products. @throws ConfigInvalid with every problem at once */
export function config(env: NodeJS.ProcessEnv = process.env) {
	const read = readConfig(Schema, { ...env, DATABASE_URL: databaseUrl("products", env) });
	return {
		databaseUrl: read.DATABASE_URL,
		mongodb: mongoServer(read.MONGODB_URL, read.STOA_NAMESPACE),
		currency: read.CURRENCY,
		csvDelimiter: read.CSV_DELIMITER,
		sweepEveryMs: read.RESERVATION_SWEEP_SECONDS * 1_000,
		graceMs: read.RESERVATION_GRACE_SECONDS * 1_000,
		cacheMs: read.PRODUCT_CACHE_MS,
	};
}

export type ProductsConfig = ReturnType<typeof config>;
