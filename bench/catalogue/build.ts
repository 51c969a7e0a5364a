import { Client } from "pg";
import { ROOT } from "../../bin/laptop/home.ts";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import { migrate } from "../../mixins/sql/migrate.ts";
import { FILL_CATEGORIES, FILL_JOURNAL, FILL_PRODUCTS, FILL_STOCK, FILL_WORDS } from "./filling.ts";

const BATCH = 50_000;
/** As many cores as the smallest machine has. */
const WRITERS = 2;
const FILLED = ["products", "inventory", "movements", "search_words"];

/** Without foreign keys and triggers, and without waiting for the disk: what fails is made anew. */
const UNCHECKED =
	"set session_replication_role = replica; set synchronous_commit = off; set maintenance_work_mem = '512MB'";

type Log = (line: string) => void;

/**
 * A database of the products service with so many products: the one that is there, or a new one.
 *
 * @param server URL of its PostgreSQL
 */
export async function catalogueOf(server: string, count: number, log: Log): Promise<string> {
	const name = `catalogue_${count}`;
	const url = withDatabase(server, name);
	if (await isWhole(server, name)) {
		log(`${name} is there already.`);
		return url;
	}
	await on(server, (client) => client.query(`drop database if exists ${name} with (force)`));
	await migrate({ url, folder: `${ROOT}/services/products/migrations` });
	await fill(url, count, log);
	await on(server, (client) => client.query(`comment on database ${name} is 'whole'`));
	return url;
}

/** An interrupted filling has left no such comment. */
async function isWhole(server: string, name: string): Promise<boolean> {
	const question = "select from pg_database where datname = $1 and shobj_description(oid, 'pg_database') = 'whole'";
	return (await on(server, (client) => client.query(question, [name]))).rowCount === 1;
}

async function fill(url: string, count: number, log: Log): Promise<void> {
	const startedMs = performance.now();
	const tell = (done: string) => log(`${count} products: ${done} (${seconds(startedMs)} s)`);
	const indexes = await on(url, dropIndexes);
	await on(url, (client) => client.query(FILL_CATEGORIES));
	await fillProducts(url, count, (done) => tell(`${done} written`));
	await on(url, (client) => client.query(FILL_JOURNAL));
	await on(url, (client) => client.query(FILL_WORDS));
	tell("stock and words written");
	await inTurns(indexes, (client, definition) => client.query(definition), url);
	tell("indexes made");
	// As after a while in use: statistics for the planner, and pages that an index alone can answer from.
	await on(url, (client) => client.query("vacuum analyze"));
	await on(url, (client) => client.query("checkpoint"));
	tell("done");
}

/** What is no constraint is made once, after the rows: ten times faster than row by row. @returns how to make it again */
async function dropIndexes(client: Client): Promise<string[]> {
	const { rows } = await client.query<{ name: string; definition: string }>(
		`select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition from pg_index
		where indrelid::regclass::text = any($1) and not exists (select from pg_constraint where conindid = indexrelid)`,
		[FILLED],
	);
	for (const { name } of rows) await client.query(`drop index ${name}`);
	return rows.map(({ definition }) => definition);
}

async function fillProducts(url: string, count: number, tell: (done: number) => void): Promise<void> {
	const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, index) => index * BATCH + 1);
	let done = 0;
	await inTurns(
		batches,
		async (client, first) => {
			const last = Math.min(first + BATCH - 1, count);
			await client.query(FILL_PRODUCTS, [first, last]);
			await client.query(FILL_STOCK, [first, last]);
			done += last - first + 1;
			if (done % (4 * BATCH) === 0) tell(done);
		},
		url,
	);
}

/** Works through a list on a few connections at a time. */
async function inTurns<T>(list: readonly T[], work: (client: Client, each: T) => Promise<unknown>, url: string) {
	const left = [...list];
	const worker = (client: Client) => async () => {
		for (let next = left.shift(); next !== undefined; next = left.shift()) await work(client, next);
	};
	await Promise.all(Array.from({ length: WRITERS }, () => on(url, (client) => worker(client)())));
}

async function on<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		await client.query(UNCHECKED);
		return await work(client);
	} finally {
		await client.end();
	}
}

const seconds = (startedMs: number): string => ((performance.now() - startedMs) / 1_000).toFixed(0);
