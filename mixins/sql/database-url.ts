import { ConfigInvalid } from "../config.ts";

/**
 * Where a service's database is: its own URL wins; else the server's URL, where it opens
 * `stoa_<service>`; else the parts DB_HOST, DB_PORT, DB_USER and DB_PASSWORD name the server, and DB_NAME what stands
 * before `_<service>`.
 *
 * @param service plural name, e.g. `orders`; its own variable is `ORDER_DATABASE_URL`
 * @returns undefined when the environment names no server
 */
export function databaseUrl(service: string, env: NodeJS.ProcessEnv): string | undefined {
	const own = env[`${service.replace(/s$/, "").toUpperCase()}_DATABASE_URL`];
	if (own) return own;

	const server = env.DATABASE_URL || env.POSTGRES_URL;
	return server ? withDatabase(server, `stoa_${service}`) : fromParts(service, env);
}

/** The same server, another database. */
export function withDatabase(server: string, database: string): string {
	if (!URL.canParse(server))
		throw new ConfigInvalid(["DATABASE_URL: is a URL, e.g. postgres://user:password@host:5432"]);
	const url = new URL(server);
	url.pathname = `/${database}`;
	return url.href;
}

function fromParts(service: string, env: NodeJS.ProcessEnv): string | undefined {
	const { DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD } = env;
	if (!DB_HOST) return undefined;
	const url = new URL(`postgres://${DB_HOST}:${DB_PORT || "5432"}`);
	url.username = DB_USER || "postgres";
	url.password = DB_PASSWORD || "";
	return withDatabase(url.href, `${DB_NAME || "stoa"}_${service}`);
}
