import { Pool } from "pg";
import type { PoolClient } from "pg";
import { isConflict, isRefused, translated } from "./errors.ts";

/** A prepared statement; its name is its identity on a connection, so one text per name. */
export interface Statement<Row> {
	readonly name: string;
	readonly text: string;
	/** Never set: carries the type of a row. */
	readonly row?: Row;
}

/** @param name `<service>.<what it does>`, at most 63 bytes */
export const statement = <Row = never>(name: string, text: string): Statement<Row> => ({ name, text });

/** Where statements run: the pool, or one transaction of it. */
export interface Queryable {
	/** @throws ServiceBusy when the database is out of reach, or a lock or the statement timed out */
	query<Row>(statement: Statement<Row>, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Transaction extends Queryable {
	/** Has something done once this is committed; never when it is rolled back. */
	afterCommit(next: () => void): void;
}

export interface Database extends Queryable {
	/** Commits what `work` did, or nothing of it. After a deadlock or serialization failure `work` runs again. */
	transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T>;
	/** How many connections there are, how many of them rest, and how many statements wait for one. */
	stats(): PoolStats;
	close(): Promise<void>;
}

export interface PoolStats {
	readonly total: number;
	readonly idle: number;
	readonly waiting: number;
}

export interface DatabaseOptions {
	readonly url: string;
	readonly applicationName: string;
	readonly poolSize?: number;
	readonly statementTimeoutMs?: number;
	readonly lockTimeoutMs?: number;
	/** How long the server's answer is waited for: longer than its own timeouts, for when it cannot even tell of them. */
	readonly answerTimeoutMs?: number;
	readonly onError?: (error: Error) => void;
}

const TRIES = 3;

/** Opens a pool; connections are made when they are needed. */
export function openDatabase(options: DatabaseOptions): Database {
	const pool = new Pool({
		connectionString: options.url,
		application_name: options.applicationName,
		max: options.poolSize ?? 10,
		connectionTimeoutMillis: 10_000,
		idleTimeoutMillis: 60_000,
		statement_timeout: options.statementTimeoutMs ?? 5_000,
		lock_timeout: options.lockTimeoutMs ?? 2_000,
		idle_in_transaction_session_timeout: 10_000,
		query_timeout: options.answerTimeoutMs ?? 15_000,
		keepAlive: true,
		keepAliveInitialDelayMillis: 10_000,
	});
	let isClosing = false;
	// `pool.end` does not wait for the server to take leave of idle connections; what they say then is no news.
	pool.on("error", (error) => {
		if (!isClosing) options.onError?.(error);
	});
	// A connection that breaks in use tells so twice: to its statement, and by an event that would end the process.
	pool.on("connect", (client) => client.on("error", () => undefined));

	return {
		query: (wanted, values) => retried(() => autocommit(pool, wanted, values)),
		transaction: async (work) => {
			const { result, committed } = await retried(() => attempt(pool, work));
			for (const next of committed) next();
			return result;
		},
		stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
		close: () => {
			isClosing = true;
			return pool.end();
		},
	};
}

async function retried<T>(work: () => Promise<T>, tries = TRIES): Promise<T> {
	try {
		return await work();
	} catch (error) {
		if (isConflict(error) && tries > 1) return retried(work, tries - 1);
		throw translated(error);
	}
}

/** One statement on a connection that stays in the pool when the server refused the statement (`pool.query` drops it). */
async function autocommit<Row>(pool: Pool, wanted: Statement<Row>, values?: readonly unknown[]): Promise<Row[]> {
	const client = await pool.connect();
	let broken: Error | undefined;
	try {
		return await run(client, wanted, values);
	} catch (error) {
		if (!isRefused(error)) broken = error as Error;
		throw error;
	} finally {
		client.release(broken);
	}
}

async function attempt<T>(pool: Pool, work: (tx: Transaction) => Promise<T>) {
	const client = await pool.connect();
	const committed: (() => void)[] = [];
	let broken: Error | undefined;
	try {
		await client.query("begin");
		const result = await work({
			query: (wanted, values) => runIn(client, wanted, values),
			afterCommit: (next) => void committed.push(next),
		});
		await client.query("commit");
		return { result, committed };
	} catch (error) {
		broken = await rollback(client);
		throw error;
	} finally {
		client.release(broken);
	}
}

/** A conflict keeps its code, by which the transaction knows to run again. */
async function runIn<Row>(client: PoolClient, wanted: Statement<Row>, values?: readonly unknown[]): Promise<Row[]> {
	try {
		return await run(client, wanted, values);
	} catch (error) {
		throw isConflict(error) ? error : translated(error);
	}
}

async function run<Row>(client: PoolClient, { name, text }: Statement<Row>, values: readonly unknown[] = []) {
	const { rows } = await client.query({ name, text, values: values as unknown[] });
	return rows as Row[];
}

/** A connection whose rollback fails is in an unknown state and leaves the pool. */
async function rollback(client: PoolClient): Promise<Error | undefined> {
	try {
		await client.query("rollback");
		return undefined;
	} catch (error) {
		return error as Error;
	}
}
