import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { startEmbeddedPostgres } from "../../bin/postgres/embedded-postgres.ts";
import { STORED } from "../../bin/services.ts";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import { openMeter } from "../measure/statement-meter.ts";
import type { StatementMeter } from "../measure/statement-meter.ts";
import { seedFloor, seedStoa } from "../seed/seed.ts";
import { startServer } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";

const FLOOR_DATABASE = "bench_floor";

/** One of the two that are compared. */
export interface Side {
	readonly server: ServerProcess;
	readonly meter: StatementMeter;
}

/** Both shops on one PostgreSQL server, filled with the same. */
export interface Stage {
	readonly stoa: Side;
	readonly floor: Side;
	readonly database: DatabaseFacts;
}

/** What of the database decides the numbers. */
export interface DatabaseFacts {
	readonly version: string;
	readonly fsync: string;
	readonly synchronousCommit: string;
}

type Cleanup = () => Promise<unknown>;

/** Sets the stage, does the work on it, and takes everything away again, whatever happens. */
export async function onStage<T>(log: (line: string) => void, work: (stage: Stage) => Promise<T>): Promise<T> {
	const cleanups: Cleanup[] = [];
	const stage = setUp(log, cleanups);
	try {
		return await Promise.race([stage.then(work), interruption()]);
	} finally {
		// Interrupted while it is set up, it is set up to the end or to its failure first: nothing starts behind our back.
		await stage.catch(() => undefined);
		for (const cleanup of cleanups.reverse()) await cleanup().catch((error: unknown) => log(String(error)));
	}
}

/** Rejects when somebody ends the run: what was set up is then taken away like after a failure. */
const interruption = (): Promise<never> =>
	new Promise((_, reject) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const) {
			process.once(signal, () => reject(new Error(`Ended by ${signal}.`)));
		}
	});

async function setUp(log: (line: string) => void, cleanups: Cleanup[]): Promise<Stage> {
	const home = await mkdtemp(join(tmpdir(), "stoa-bench-"));
	cleanups.push(() => rm(home, { recursive: true, force: true }));
	log("Starting PostgreSQL and filling two shops with the same products and users …");
	const postgres = await startEmbeddedPostgres({
		home: join(home, "postgres"),
		settings: { shared_preload_libraries: "pg_stat_statements", "pg_stat_statements.max": "10000" },
	});
	cleanups.push(postgres.stop);
	const database = await prepare(postgres.url);
	await seedStoa(postgres.url);
	await seedFloor(withDatabase(postgres.url, FLOOR_DATABASE));
	await execute(postgres.url, "checkpoint");

	log("Starting both servers …");
	const floor = await floorSide(postgres.url, home, cleanups);
	const stoa = await stoaSide(postgres.url, home, cleanups);
	return { stoa, floor, database };
}

async function prepare(url: string): Promise<DatabaseFacts> {
	await execute(url, "create extension pg_stat_statements");
	await execute(url, `create database ${FLOOR_DATABASE}`);
	const [facts] = await execute<DatabaseFacts>(
		url,
		`select current_setting('server_version') as version, current_setting('fsync') as fsync,
			current_setting('synchronous_commit') as "synchronousCommit"`,
	);
	if (facts === undefined) throw new Error("PostgreSQL did not say which version it is.");
	return facts;
}

async function floorSide(server: string, home: string, cleanups: Cleanup[]): Promise<Side> {
	const url = withDatabase(server, FLOOR_DATABASE);
	const started = await startServer({
		name: "The floor",
		program: ["bench/floor-server.ts"],
		env: { FLOOR_DATABASE_URL: url, NODE_ENV: "production" },
		portVariable: "FLOOR_PORT",
		readyPath: "/health",
		logFile: join(home, "floor.log"),
	});
	cleanups.push(started.stop);
	return sideOf(started, server, [FLOOR_DATABASE], cleanups);
}

async function stoaSide(server: string, home: string, cleanups: Cleanup[]): Promise<Side> {
	await mkdir(join(home, "stoa"));
	const started = await startServer({
		name: "Stoa",
		program: ["bin/stoa.ts", "start"],
		env: { DATABASE_URL: server, STOA_HOME: join(home, "stoa"), RATE_LIMIT_PER_MINUTE: "0", NODE_ENV: "production" },
		portVariable: "API_GATEWAY_PORT",
		readyPath: "/health/ready",
		logFile: join(home, "stoa.log"),
	});
	cleanups.push(started.stop);
	const databases = STORED.map((service) => `stoa_${service}`);
	return sideOf(started, server, databases, cleanups);
}

async function sideOf(server: ServerProcess, url: string, databases: readonly string[], cleanups: Cleanup[]) {
	const meter = await openMeter(url, databases);
	cleanups.push(meter.close);
	return { server, meter };
}

async function execute<Row extends object>(url: string, sql: string): Promise<Row[]> {
	const client = new Client({ connectionString: url });
	await client.connect();
	try {
		return (await client.query<Row>(sql)).rows;
	} finally {
		await client.end();
	}
}
