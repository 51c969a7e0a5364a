import { databaseUrl } from "../../mixins/sql/database-url.ts";
import { startEmbeddedPostgres } from "../postgres/embedded-postgres.ts";
import { openHome } from "./home.ts";
import { secretsOf } from "./secrets.ts";

export interface Laptop {
	readonly home: string;
	/** Which PostgreSQL it is, for the person who started it; without its password. */
	readonly database: string;
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
	env.REQUEST_LOG ||= `${home}/logs/requests.log`;
	const { jwtSecret, adminPassword, vapidPublicKey, vapidPrivateKey, webhookKey } = secretsOf(home);
	env.JWT_SECRET ||= jwtSecret;
	env.WEBHOOK_ENCRYPTION_KEY ||= webhookKey;
	// Where the links in mails lead: to this very gateway.
	env.PUBLIC_URL ||= `${env.TLS_CERT_FILE ? "https" : "http"}://localhost:${env.API_GATEWAY_PORT || "3000"}`;
	if (!env.VAPID_PUBLIC_KEY && !env.VAPID_PRIVATE_KEY) {
		Object.assign(env, { VAPID_PUBLIC_KEY: vapidPublicKey, VAPID_PRIVATE_KEY: vapidPrivateKey });
	}
	const isServerNamed = services.every((service) => databaseUrl(service, env) !== undefined);
	if (isServerNamed) return { home, database: "the PostgreSQL of DATABASE_URL", adminPassword, stop: NOTHING };

	const server = await startEmbeddedPostgres({ home: `${home}/postgres`, log: (line) => console.log(line) });
	env.DATABASE_URL = server.url;
	return {
		home,
		database: `embedded PostgreSQL on port ${server.port}`,
		adminPassword,
		stop: server.stop,
	};
}
