import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmbeddedPostgres } from "../../bin/postgres/embedded-postgres.ts";
import type { RunningServer } from "../../bin/servers/server.ts";
import { startServer } from "../../bin/servers/start.ts";
import type { SideName } from "../cells.ts";
import { openCluster } from "./cluster.ts";
import { preparedDatabase } from "./database.ts";
import type { DatabaseFacts } from "./database.ts";
import { openEcho } from "./echo.ts";
import { openFloor } from "./floor.ts";
import { openLaptop } from "./laptop.ts";
import type { Cleanup, Side, Site } from "./side.ts";

const OPENERS: Readonly<Record<SideName, (site: Site) => Promise<Side>>> = {
	laptop: openLaptop,
	floor: openFloor,
	cluster: openCluster,
	echo: openEcho,
};

/** One PostgreSQL server, and the sides, each started when it is first asked for: until then it disturbs nobody. */
export interface Stage {
	readonly side: (name: SideName) => Promise<Side>;
	readonly database: DatabaseFacts;
}

/** Sets the stage, does the work on it, and takes everything away again, whatever happens. */
export async function onStage<T>(log: (line: string) => void, work: (stage: Stage) => Promise<T>): Promise<T> {
	const cleanups: Cleanup[] = [];
	const openings = new Openings();
	const stage = setUp(log, cleanups, openings);
	try {
		return await Promise.race([stage.then(work), interruption(log)]);
	} finally {
		// Interrupted while something starts, it starts to the end or to its failure first: nothing starts behind our back.
		await stage.catch(() => undefined);
		await openings.end();
		for (const cleanup of cleanups.reverse()) await cleanup().catch((error: unknown) => log(String(error)));
	}
}

/** Rejects when somebody ends the run: what was set up is then taken away like after a failure. */
const interruption = (log: (line: string) => void): Promise<never> =>
	new Promise((_, reject) => {
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
			// Also heard again: who is impatient would leave servers behind.
			process.on(signal, () => {
				log(`${signal}: taking away what was started …`);
				reject(new Error(`Ended by ${signal}.`));
			});
		}
	});

async function setUp(log: Site["log"], cleanups: Cleanup[], openings: Openings): Promise<Stage> {
	const home = await mkdtemp(join(tmpdir(), "stoa-bench-"));
	cleanups.push(() => rm(home, { recursive: true, force: true }));
	// The users that root hands servers to have to pass.
	await chmod(home, 0o711);
	log("Starting PostgreSQL …");
	const postgres = await startEmbeddedPostgres({
		home: join(home, "postgres"),
		settings: { shared_preload_libraries: "pg_stat_statements", "pg_stat_statements.max": "10000" },
	});
	cleanups.push(postgres.stop);
	const site: Site = {
		...{ home, postgres: postgres.url, log },
		server: (name) =>
			openings.once(name, async () => {
				const server = await startServer(name, { folder: join(home, name) });
				cleanups.push(() => server.stop());
				return server;
			}),
		side: (name) => openings.once(name, () => OPENERS[name](site)),
		atEnd: (cleanup) => void cleanups.push(cleanup),
	};
	return { side: site.side, database: await preparedDatabase(postgres.url) };
}

interface Opened extends Record<SideName, Side> {
	readonly redis: RunningServer;
	readonly rabbitmq: RunningServer;
}

/** What was asked for so far, and is started or starting. */
class Openings {
	readonly #opened: { [Name in keyof Opened]?: Promise<Opened[Name]> } = {};
	#isOver = false;

	once<Name extends keyof Opened>(name: Name, open: () => Promise<Opened[Name]>): Promise<Opened[Name]> {
		const known = this.#opened[name];
		if (known !== undefined) return known;
		if (this.#isOver) return Promise.reject(new Error(`The run is over: nobody starts ${name} any more.`));
		const opening: Promise<Opened[Name]> = open();
		Object.assign(this.#opened, { [name]: opening });
		return opening;
	}

	/** Waits for what is starting, and lets nothing start after it. */
	async end(): Promise<void> {
		this.#isOver = true;
		await Promise.allSettled(Object.values(this.#opened));
	}
}
