import { readdir } from "node:fs/promises";
import { Client } from "pg";

const CONNECT_WITHIN_MS = 5_000;
/** What PostgreSQL answers before the first migration: no such database, no such table. */
const NEVER_MIGRATED = new Set(["3D000", "42P01"]);

/**
 * The migrations that a service's database lacks; nothing is changed.
 *
 * @param folder of the service's migrations, as `migrate` takes it
 * @throws when the server is out of reach or refuses the connection
 */
export async function missingMigrations(url: string, folder: string): Promise<string[]> {
	const written = (await readdir(folder)).filter((name) => /^[0-9].*[.]ts$/.test(name)).sort();
	const ran = new Set(await executed(url));
	return written.filter((name) => !ran.has(name));
}

async function executed(url: string): Promise<string[]> {
	const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
	client.on("error", () => undefined);
	try {
		await client.connect();
		const { rows } = await client.query<{ name: string }>("select name from migrations");
		return rows.map(({ name }) => name);
	} catch (error) {
		if (NEVER_MIGRATED.has((error as { code?: string }).code ?? "")) return [];
		throw error;
	} finally {
		await client.end();
	}
}
