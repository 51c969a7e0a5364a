import { Pool } from "pg";
import { withDatabase } from "../../mixins/sql/database-url.ts";

/** The databases of a shop, read by SQL past every service. */
export interface Databases {
	rows<Row>(service: string, sql: string, values?: readonly unknown[]): Promise<Row[]>;
	close(): Promise<void>;
}

const CONNECTIONS = 2;
const CONNECT_WITHIN_MS = 5_000;

/** @param server URL of the server, where each service has its `stoa_<service>` */
export function openDatabases(server: string): Databases {
	const pools = new Map<string, Pool>();
	const poolOf = (service: string) => {
		const pool = pools.get(service) ?? open(withDatabase(server, `stoa_${service}`));
		pools.set(service, pool);
		return pool;
	};
	return {
		rows: async <Row>(service: string, sql: string, values: readonly unknown[] = []) =>
			(await poolOf(service).query(sql, [...values])).rows as Row[],
		close: async () => {
			for (const pool of pools.values()) await pool.end();
		},
	};
}

/** A connection that breaks is replaced: the server may come back. */
function open(url: string): Pool {
	const pool = new Pool({ connectionString: url, max: CONNECTIONS, connectionTimeoutMillis: CONNECT_WITHIN_MS });
	pool.on("error", () => undefined);
	return pool;
}
