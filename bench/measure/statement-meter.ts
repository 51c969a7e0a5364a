import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import { withDatabase } from "../../mixins/sql/database-url.ts";

const SETTLED_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 25;
/** What a consumer has taken is in no queue and not yet in a database: quiet is what stays so for a while. */
const QUIET_LOOKS = 5;

/** Marks the meter's own statements, which do not count. */
const MARK = "/* bench */";

/** What the server spent on one statement. */
export interface StatementCost {
	readonly database: string;
	/** With parameters in place of its values. */
	readonly text: string;
	readonly calls: number;
	readonly totalMs: number;
}

/** What a server asks of its databases, and whether it is done. */
export interface StatementMeter {
	/** Statements that the databases have run so far, those that begin or end a transaction left out. */
	readonly count: () => Promise<number>;
	/** Each of these statements, with its cost so far. */
	readonly list: () => Promise<StatementCost[]>;
	/** Waits until nothing is left to do of what was asked: facts to deliver, sagas to finish. @throws when that does not end */
	readonly settled: () => Promise<void>;
	readonly close: () => Promise<unknown>;
}

/** What carries facts from one database to another. */
export interface Transport {
	/** Whether it still holds some. */
	readonly isBusy: () => Promise<boolean>;
	readonly close: () => Promise<unknown>;
}

const WITHIN_DATABASES: Transport = { isBusy: () => Promise.resolve(false), close: () => Promise.resolve() };

const COUNTED = `from pg_stat_statements join pg_database on pg_database.oid = dbid
	where datname = any($1) and query not like '${MARK}%' and query !~* '^(begin|commit|rollback|savepoint|release)'`;

const COUNT = `${MARK} select coalesce(sum(calls), 0)::double precision as total ${COUNTED}`;

const LIST = `${MARK} select datname as database, query as text, sum(calls)::double precision as calls,
	sum(total_exec_time)::double precision as "totalMs" ${COUNTED} group by datname, query`;

/** How to see unfinished work in each of the tables that hold some. */
const UNFINISHED: Readonly<Record<string, string>> = {
	outbox: "published_at is null",
	inbox: "processed_at is null and dead_at is null",
	sagas: "state <> 'done'",
};

/**
 * @param server URL of the PostgreSQL server, which has pg_stat_statements in its database `postgres`
 * @param transport is closed with the meter; facts that travel through tables alone need none
 */
export async function openMeter(
	server: string,
	databases: readonly string[],
	transport = WITHIN_DATABASES,
): Promise<StatementMeter> {
	const statistics = await connected(server);
	const clients = await Promise.all(databases.map((database) => connected(withDatabase(server, database))));
	const questions = [transport.isBusy, ...(await Promise.all(clients.map(unfinishedWork)))];
	const isQuiet = async () => (await Promise.all(questions.map((question) => question()))).every((is) => !is);
	const looks = transport === WITHIN_DATABASES ? 1 : QUIET_LOOKS;

	return {
		count: async () => (await statistics.query<{ total: number }>(COUNT, [databases])).rows[0]?.total ?? 0,
		list: async () => (await statistics.query<StatementCost>(LIST, [databases])).rows,
		settled: () => untilQuiet(isQuiet, looks),
		close: () => Promise.all([transport.close(), ...[statistics, ...clients].map((client) => client.end())]),
	};
}

async function connected(url: string): Promise<Client> {
	const client = new Client({ connectionString: url });
	// The server may be stopped first: nothing is asked of it any more then.
	client.on("error", () => undefined);
	await client.connect();
	return client;
}

/** A question to one database: is there unfinished work? */
async function unfinishedWork(client: Client): Promise<() => Promise<boolean>> {
	const { rows } = await client.query<{ name: string }>(
		`${MARK} select table_name as name from information_schema.tables where table_name = any($1)`,
		[Object.keys(UNFINISHED)],
	);
	if (rows.length === 0) return () => Promise.resolve(false);

	const parts = rows.map(({ name }) => `exists (select from ${name} where ${UNFINISHED[name] ?? "true"})`);
	const sql = `${MARK} select ${parts.join(" or ")} as "isBusy"`;
	return async () => (await client.query<{ isBusy: boolean }>(sql)).rows[0]?.isBusy ?? false;
}

/** @param looks so many in a row have to find it so */
async function untilQuiet(isQuiet: () => Promise<boolean>, looks: number): Promise<void> {
	const endMs = performance.now() + SETTLED_WITHIN_MS;
	for (let quiet = (await isQuiet()) ? 1 : 0; quiet < looks; quiet = (await isQuiet()) ? quiet + 1 : 0) {
		if (performance.now() > endMs) throw new Error(`Work was left over for more than ${SETTLED_WITHIN_MS} ms.`);
		await wait(ASK_EVERY_MS);
	}
}
