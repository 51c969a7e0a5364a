import { Redis } from "ioredis";
import { NOW_OR_NEVER, redisOptions } from "../../mixins/broker/redis-options.ts";
import { databaseUrl } from "../../mixins/sql/database-url.ts";
import { missingMigrations } from "../../mixins/sql/schema-state.ts";
import { ROOT } from "../laptop/home.ts";
import { STORED } from "../services.ts";
import type { ServiceName } from "../services.ts";
import { awaited } from "./awaited.ts";
import type { Patience } from "./awaited.ts";

/**
 * Waits for what these services cannot start without: Redis, and their databases with the newest schema. A node
 * migrates nothing itself, since the others may still run the version before. RabbitMQ is not waited for: facts
 * wait in the outboxes until it is there.
 *
 * @throws when something is not there in time
 */
export async function waitForServers(
	services: readonly ServiceName[],
	env: NodeJS.ProcessEnv,
	patience: Patience,
): Promise<void> {
	const stored = services.filter((service) => STORED.includes(service));
	await Promise.all([
		waitForRedis(env, patience),
		...stored.map((service) => awaited(`the database of ${service}`, () => expectNewest(service, env), patience)),
	]);
}

/** @throws when Redis is not there in time */
export async function waitForRedis({ REDIS_URL = "" }: NodeJS.ProcessEnv, patience: Patience): Promise<void> {
	await awaited(`Redis at ${new URL(REDIS_URL).host}`, () => expectRedis(REDIS_URL), patience);
}

async function expectRedis(url: string): Promise<void> {
	const once = { ...NOW_OR_NEVER, lazyConnect: true, retryStrategy: () => null };
	const client = new Redis({ ...redisOptions(url), ...once });
	let reason: Error | undefined;
	client.on("error", (error: Error) => (reason = error));
	try {
		await client.connect();
		await client.ping();
	} catch (error) {
		throw reason ?? error;
	} finally {
		client.disconnect();
	}
}

async function expectNewest(service: ServiceName, env: NodeJS.ProcessEnv): Promise<void> {
	const url = databaseUrl(service, env) ?? "";
	const missing = await missingMigrations(url, `${ROOT}/services/${service}/migrations`);
	if (missing.length > 0) throw new Error(`it lacks ${missing.join(", ")}; run: bin/stoa migrate`);
}
