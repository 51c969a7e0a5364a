import { Pool } from "pg";
import type { PoolClient } from "pg";
import { isConflict, translated } from "./errors.ts";

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
	/** @throws ServiceBusy when the database is out of reach or a lock or statement timed out */
	query<Row>(statement: Statement<Row>, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Queryable {
	/** Commits what `work` did, or nothing of it. A deadlock or serialization failure runs `work` again. */
	transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
	close(): Promise<void>;
}

export interface DatabaseOptions {
	readonly url: string;
	readonly applicationName: string;
	readonly poolSize?: number;
	readonly statementTimeoutMs?: number;
	readonly lockTimeoutMs?: number;
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
	});
	// Without a listener an idle connection that breaks ends the process.
	pool.on("error", (error) => options.onError?.(error));

	return {
		query: (wanted, values) => run(pool, wanted, values),
		transaction: (work) => transaction(pool, work, TRIES),
		close: () => pool.end(),
	};
}

async function run<Row>(on: Pool | PoolClient, { name, text }: Statement<Row>, values: readonly unknown[] = []) {
	try {
		const { rows } = await on.query({ name, text, values: values as unknown[] });
		return rows as Row[];
	} catch (error) {
		throw isConflict(error) ? error : translated(error);
	}
}

async function transaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>, tries: number): Promise<T> {
	try {
		return await attempt(pool, work);
	} catch (error) {
		if (isConflict(error) && tries > 1) return transaction(pool, work, tries - 1);
		throw translated(error);
	}
}

async function attempt<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
	const client = await pool.connect();
	let broken: Error | undefined;
	try {
		await client.query("begin");
		const result = await work({ query: (wanted, values) => run(client, wanted, values) });
		await client.query("commit");
		return result;
	} catch (error) {
		broken = await rollback(client);
		throw error;
	} finally {
		client.release(broken);
	}
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
