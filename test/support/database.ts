import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import { migrate } from "../../mixins/sql/migrate.ts";

export interface TestDatabase {
	readonly url: string;
	drop(): Promise<void>;
}

/** The PostgreSQL server that the test run started. */
export function serverUrl(): string {
	const url = process.env.STOA_TEST_DATABASE_URL;
	if (!url)
		throw new Error("STOA_TEST_DATABASE_URL is not set: run this test through npm test, which starts a server.");
	return url;
}

/** A database of its own for one test file, empty or migrated like the service's. */
export async function freshDatabase(service?: string): Promise<TestDatabase> {
	const name = `test_${service ?? "empty"}_${randomBytes(6).toString("hex")}`;
	const url = withDatabase(serverUrl(), name);
	await execute(serverUrl(), `create database ${name}`);
	if (service !== undefined) await migrate({ url, folder: migrationsOf(service) });
	return { url, drop: () => execute(serverUrl(), `drop database if exists ${name} with (force)`) };
}

export const migrationsOf = (service: string): string =>
	fileURLToPath(new URL(`../../services/${service}/migrations`, import.meta.url));

/** Runs SQL on a connection of its own. */
export async function execute(url: string, sql: string): Promise<void> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		await client.query(sql);
	} finally {
		await client.end();
	}
}
