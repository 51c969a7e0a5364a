import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../bin/laptop/home.ts";
import { LOOPBACK } from "../../bin/postgres/port.ts";
import { SERVICES, STORED } from "../../bin/services.ts";
import type { ServiceName } from "../../bin/services.ts";
import { keyVariable, serviceKeyFrom } from "../../mixins/callers/service-keys.ts";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import { openMeter } from "../measure/statement-meter.ts";
import { openQueues } from "../measure/queues.ts";
import { seedStoa } from "../seed/seed.ts";
import { startProcess, startTogether } from "./server-process.ts";
import type { ServerOptions, ServerProcess } from "./server-process.ts";
import type { Side, Site } from "./side.ts";

const NAMESPACE = "bench";

/** Every service in a process of its own, over Redis and RabbitMQ, with the same products and users as the laptop. */
export async function openCluster(site: Site): Promise<Side> {
	const { postgres, log, atEnd } = site;
	log("Filling and starting Stoa as a cluster …");
	const [redis, rabbitmq] = await Promise.all([site.server("redis"), site.server("rabbitmq")]);
	const home = join(site.home, "cluster");
	await mkdir(home);
	const env = environmentOf(postgres, home, redis.url, rabbitmq.url);
	await seedStoa(env);
	await migrate(env);

	const provider = await openProvider(site);
	const secret = randomBytes(48).toString("base64url");
	const nodes = await startTogether(SERVICES.map((service) => nodeOf(service, home, { ...env, ...provider }, secret)));
	const gateway = nodes.find(({ name }) => name === "gateway");
	if (gateway === undefined) throw new Error("The cluster has no gateway: bin/services.ts names none.");
	atEnd(() => stopped(gateway, nodes));
	const meter = await openMeter(postgres, STORED.map(databaseOf), await openQueues(rabbitmq.url, NAMESPACE));
	atEnd(meter.close);
	return { name: "cluster", target: { host: LOOPBACK, port: gateway.port }, processes: nodes, meter };
}

const databaseOf = (service: string): string => `bench_cluster_${service}`;
const variableOf = (service: string, ending: string): string => keyVariable(service).replace("SERVICE_KEY", ending);

/** What all nodes know. */
function environmentOf(postgres: string, home: string, redis: string, rabbitmq: string): NodeJS.ProcessEnv {
	const databases = STORED.map((service) => ({
		[variableOf(service, "DATABASE_URL")]: withDatabase(postgres, databaseOf(service)),
	}));
	return {
		...(Object.assign({}, ...databases) as NodeJS.ProcessEnv),
		STOA_NAMESPACE: NAMESPACE,
		STOA_HOME: home,
		REDIS_URL: redis,
		RABBITMQ_URL: rabbitmq,
		RATE_LIMIT_PER_MINUTE: "0",
		NODE_PAGES_HOST: LOOPBACK,
		NODE_ENV: "production",
	};
}

/** A node is ready when its own page says so; the gateway, when all others answer. */
function nodeOf(service: ServiceName, home: string, env: NodeJS.ProcessEnv, secret: string): ServerOptions {
	const isGateway = service === "gateway";
	return {
		name: service,
		program: ["bin/stoa.ts", "node", service],
		env: {
			...env,
			[keyVariable(service)]: serviceKeyFrom(secret, service),
			...(isGateway && { [variableOf(service, "SERVICE_PORT")]: "0" }),
			...(service === "users" && { JWT_SECRET: secret }),
			...(service === "webhooks" && { WEBHOOK_ENCRYPTION_KEY: serviceKeyFrom(secret, "encryption") }),
		},
		portVariable: isGateway ? "API_GATEWAY_PORT" : variableOf(service, "SERVICE_PORT"),
		readyPath: "/health/ready",
		logFile: join(home, `${service}.log`),
	};
}

/** The bank is no part of the shop: what it uses is not counted. @returns what tells the nodes where it is */
async function openProvider({ home, atEnd }: Site): Promise<NodeJS.ProcessEnv> {
	const provider = await startProcess({
		name: "payment provider",
		program: ["bin/stoa.ts", "provider"],
		env: { PAYMENT_TEST_JOURNAL: join(home, "provider.jsonl"), NODE_ENV: "production" },
		portVariable: "PAYMENT_PROVIDER_PORT",
		readyPath: "/health",
		logFile: join(home, "provider.log"),
	});
	atEnd(provider.stop);
	return { PAYMENT_PROVIDER_URL: `http://${LOOPBACK}:${provider.port}` };
}

/** Brings databases and queues to where the nodes expect them. @throws with what the command wrote, when it fails */
async function migrate(env: NodeJS.ProcessEnv): Promise<void> {
	const program = ["--disable-warning=ExperimentalWarning", "bin/stoa.ts", "migrate"];
	await promisify(execFile)(process.execPath, program, { cwd: ROOT, env: { PATH: process.env.PATH, ...env } });
}

/** The gateway first, so that what it has begun is finished. */
async function stopped(gateway: ServerProcess, nodes: readonly ServerProcess[]): Promise<void> {
	await gateway.stop();
	await Promise.all(nodes.map((node) => node.stop()));
}
