import { Client } from "pg";
import { Umzug } from "umzug";
import { withDatabase } from "./database-url.ts";

/** Any number: nodes that start together migrate one after the other. */
const MIGRATION_LOCK = 7_206_121;
/** What PostgreSQL answers, by how close the other was: duplicate database, or unique violation in its catalogue. */
const DUPLICATE_DATABASE = new Set(["42P04", "23505"]);

export interface MigrateOptions {
	/** URL of the service's database; it is created when it does not exist. */
	readonly url: string;
	/** Folder of numbered files, each with its SQL as the default export. */
	readonly folder: string;
	readonly log?: (line: string) => void;
}

/**
 * Brings one service's database to the newest schema. Each migration commits with the row that
 * remembers it, and nodes that start at the same time wait for each other.
 *
 * @returns the names of the migrations that ran
 */
export async function migrate({ url, folder, log = () => undefined }: MigrateOptions): Promise<string[]> {
	await createDatabase(url);
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
		const ran = await umzug(client, folder).up();
		for (const { name } of ran) log(`migrated ${name}`);
		return ran.map(({ name }) => name);
	} finally {
		await client.end();
	}
}

async function createDatabase(url: string): Promise<void> {
	const name = decodeURIComponent(new URL(url).pathname.slice(1));
	const client = new Client({ connectionString: withDatabase(url, "postgres") });
	await client.connect();
	try {
		const { rowCount } = await client.query("select 1 from pg_database where datname = $1", [name]);
		if (rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
	} catch (error) {
		// Another node created it between the question and the command.
		if (!DUPLICATE_DATABASE.has((error as { code?: string }).code ?? "")) throw error;
	} finally {
		await client.end();
	}
}

function umzug(client: Client, folder: string): Umzug<Client> {
	return new Umzug({
		migrations: {
			glob: ["[0-9]*.ts", { cwd: folder }],
			resolve: ({ name, path = "" }) => ({ name, up: () => run(client, name, path) }),
		},
		context: client,
		storage: {
			logMigration: () => Promise.resolve(),
			unlogMigration: () => Promise.reject(new Error("Migrations go forward only; write a new one.")),
			executed: () => executed(client),
		},
		logger: undefined,
	});
}

async function run(client: Client, name: string, path: string): Promise<void> {
	const { default: sql } = (await import(path)) as { default: string };
	await client.query("begin");
	try {
		await client.query(sql);
		await client.query("insert into migrations (name) values ($1)", [name]);
		await client.query("commit");
	} catch (error) {
		await client.query("rollback");
		// umzug adds the name.
		throw error;
	}
}

async function executed(client: Client): Promise<string[]> {
	await client.query(
		"create table if not exists migrations (name text primary key, ran_at timestamptz not null default now())",
	);
	const { rows } = await client.query<{ name: string }>("select name from migrations order by name");
	return rows.map(({ name }) => name);
}
