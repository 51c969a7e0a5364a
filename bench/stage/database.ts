import { Client } from "pg";

/** What of the database decides the numbers. */
export interface DatabaseFacts {
	readonly version: string;
	readonly fsync: string;
	readonly synchronousCommit: string;
}

const FACTS = `select current_setting('server_version') as version, current_setting('fsync') as fsync,
	current_setting('synchronous_commit') as "synchronousCommit"`;

/** Makes the server count its statements. @param url of its database `postgres` */
export async function preparedDatabase(url: string): Promise<DatabaseFacts> {
	await execute(url, "create extension pg_stat_statements");
	const [facts] = await execute<DatabaseFacts>(url, FACTS);
	if (facts === undefined) throw new Error("PostgreSQL did not say which version it is.");
	return facts;
}

/** Runs one statement on a connection of its own. */
export async function execute<Row extends object>(url: string, sql: string): Promise<Row[]> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		return (await client.query<Row>(sql)).rows;
	} finally {
		await client.end();
	}
}
