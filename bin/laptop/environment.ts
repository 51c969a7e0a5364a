import { databaseUrl } from "../../mixins/sql/database-url.ts";
import { startEmbeddedPostgres } from "../postgres/embedded-postgres.ts";
import { openHome } from "./home.ts";
import { secretsOf } from "./secrets.ts";

export interface Laptop {
	readonly home: string;
	/** What was done to give this process its environment, for the person who started it. */
	readonly notes: readonly string[];
	/** Set when this start made up the administrator's password. */
	readonly adminPassword: string;
	stop(): Promise<void>;
}

const NOTHING = () => Promise.resolve();

/**
 * Completes the environment for the laptop shape: a data folder, an embedded PostgreSQL unless a server is named,
 * and secrets that are made up once.
 */
export async function prepareLaptop(env: NodeJS.ProcessEnv, services: readonly string[]): Promise<Laptop> {
	const home = openHome(env);
	env.STOA_HOME = home;
	const { jwtSecret, adminPassword } = secretsOf(home);
	env.JWT_SECRET ||= jwtSecret;
	const isServerNamed = services.every((service) => databaseUrl(service, env) !== undefined);
	if (isServerNamed) return { home, notes: ["the PostgreSQL of DATABASE_URL"], adminPassword, stop: NOTHING };

	const server = await startEmbeddedPostgres({ home: `${home}/postgres`, log: (line) => console.log(line) });
	env.DATABASE_URL = server.url;
	return {
		home,
		notes: [`embedded PostgreSQL, ${server.url.replace(/:[^:@/]+@/, ":…@")}`],
		adminPassword,
		stop: server.stop,
	};
}
