import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProvider } from "../../bin/provider/provider-server.ts";
import type { ProviderServer } from "../../bin/provider/provider-server.ts";
import { readersOf } from "../../bin/topology.ts";
import { keyVariable, serviceKeyFrom } from "../../mixins/callers/service-keys.ts";
import { busConfig } from "../../mixins/events/choose-bus.ts";
import { topologyOptions } from "../../mixins/events/rabbitmq/rabbitmq-bus.ts";
import { wholeTopology } from "../../mixins/events/rabbitmq/topology.ts";
import { withDatabase } from "../../mixins/sql/database-url.ts";
import { EVENTS } from "../../services/contracts/catalogue.ts";
import { SERVICES as DATABASES } from "../../services/contracts/platform.ts";
import { execute } from "./database.ts";
import { ADMIN, freePort } from "./premises.ts";
import type { Premises } from "./premises.ts";
import { removeTopology } from "./remove-topology.ts";
import { urlOf } from "./servers.ts";
import { done, runStoa, written } from "./stoa-command.ts";
import type { StoaCommand } from "./stoa-command.ts";

/** Every service in a process of its own, and two of those that hold orders, stock and money. */
export const NODES = [
	...["gateway", "users", "notifications", "webhooks"],
	...["orders", "orders", "products", "products", "payments", "payments"],
] as const;

const KEYED = ["users", "products", "orders", "payments", "notifications", "webhooks", "gateway", "operator"];
const STORED = Object.keys(DATABASES);

/** A whole Stoa as processes that find each other over Redis, with databases, queues and names of its own. */
export class Cluster implements Premises {
	readonly home: string;
	readonly gateway: string;
	/** The environment of every node. */
	readonly env: NodeJS.ProcessEnv;
	readonly #provider: ProviderServer;
	readonly #secret: string;
	#nodes: StoaCommand[] = [];

	private constructor(site: Site, env: NodeJS.ProcessEnv) {
		this.home = site.home;
		this.gateway = `http://127.0.0.1:${site.port}`;
		this.#provider = site.provider;
		this.#secret = randomBytes(48).toString("base64url");
		this.env = { ...environmentOf(site, this.#secret), ...env };
	}

	/** Prepared, with its databases migrated; `start` starts its nodes. */
	static async open(env: NodeJS.ProcessEnv): Promise<Cluster> {
		const home = await mkdtemp(join(tmpdir(), "stoa-cluster-"));
		const provider = await startProvider({ file: join(home, "provider.jsonl"), port: 0 });
		const cluster = new Cluster({ home, provider, port: await freePort(), name: nameOf() }, env);
		await cluster.run("migrate");
		return cluster;
	}

	async start(): Promise<{ readyAfterMs: number }> {
		const startedMs = performance.now();
		const isFirst = this.#nodes.length === 0;
		this.#nodes = NODES.map((service, index) => this.#spawn(service, index));
		const seeded = isFirst ? this.run("seed", "--demo") : Promise.resolve();
		await Promise.all([seeded, ...this.#nodes.map((node) => written(node, "Running "))]);
		return { readyAfterMs: performance.now() - startedMs };
	}

	/** Starts the nodes that have ended again. */
	async revive(): Promise<void> {
		const starting: Promise<void>[] = [];
		for (const [index, { child, name }] of this.#nodes.entries()) {
			if (child.exitCode === null && child.signalCode === null) continue;
			const node = this.#spawn(name.replace(/-.*/, ""), index);
			this.#nodes[index] = node;
			starting.push(written(node, "Running "));
		}
		await Promise.all(starting);
	}

	async kill(): Promise<void> {
		await Promise.all(this.#nodes.map((node) => end(node, "SIGKILL")));
	}

	/** The gateway first, so that what it has begun is finished. */
	async stop(): Promise<number | null> {
		const [gateway, ...others] = this.#nodes;
		const first = gateway === undefined ? null : await end(gateway, "SIGTERM");
		const codes = await Promise.all(others.map((node) => end(node, "SIGTERM")));
		return codes.find((code) => code !== 0) ?? first;
	}

	/** The processes that run a service. */
	nodesOf(service: string): StoaCommand[] {
		return this.#nodes.filter(({ name }) => name.startsWith(`${service}-`));
	}

	/** Does a command's work in this cluster. @throws when it fails */
	run(command: string, ...parameters: readonly string[]): Promise<void> {
		return done(runStoa(command, [command, ...parameters], this.env, this.home));
	}

	async database(service: string) {
		return { url: this.env[urlVariable(service)] ?? "", release: () => Promise.resolve() };
	}

	async jwtSecret(): Promise<string> {
		return this.#secret;
	}

	async clear(): Promise<void> {
		await this.#provider.stop();
		const names = STORED.map((service) => new URL(this.env[urlVariable(service)] ?? "").pathname.slice(1));
		for (const name of names) await execute(urlOf("postgres"), `drop database if exists "${name}" with (force)`);
		await removeQueues(this.env.STOA_NAMESPACE ?? "");
		await this.#removeQueues();
		await rm(this.home, { recursive: true, force: true });
	}

	async #removeQueues(): Promise<void> {
		const chosen = busConfig(this.env);
		if (chosen.kind !== "rabbitmq") return;
		const events = EVENTS.map(({ name }) => name);
		const topology = wholeTopology(topologyOptions(chosen.options), await readersOf(STORED), events);
		await removeTopology(chosen.options.url, topology);
	}

	#spawn(service: string, index: number): StoaCommand {
		return runStoa(`${service}-${index}`, ["node", service], this.env, this.home);
	}
}

/** Over the management interface, where the run has one: the queues would pile up on the server. */
async function removeQueues(namespace: string): Promise<void> {
	const management = process.env.STOA_TEST_RABBITMQ_MANAGEMENT_URL;
	if (!management) return;

	const { origin, username, password } = new URL(management);
	const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` };
	for (const kind of ["queues", "exchanges"]) {
		const path = `${origin}/api/${kind}/%2F`;
		const response = await fetch(`${path}?columns=name`, { headers });
		const found = (await response.json()) as { name: string }[];
		const own = found.filter(({ name }) => name.startsWith(`${namespace}.`));
		await Promise.all(own.map(({ name }) => fetch(`${path}/${name}`, { method: "DELETE", headers })));
	}
}

async function end({ child, ended }: StoaCommand, signal: NodeJS.Signals): Promise<number | null> {
	if (child.exitCode === null && child.signalCode === null) child.kill(signal);
	return ended;
}

interface Site {
	readonly home: string;
	readonly port: number;
	/** Its namespace, and the beginning of its databases' names. */
	readonly name: string;
	readonly provider: ProviderServer;
}

const nameOf = (): string => `test-${randomBytes(5).toString("hex")}`;
const urlVariable = (service: string): string => keyVariable(service).replace("SERVICE_KEY", "DATABASE_URL");
const portVariable = (service: string): string => keyVariable(service).replace("SERVICE_KEY", "SERVICE_PORT");

function environmentOf({ home, port, name, provider }: Site, secret: string): NodeJS.ProcessEnv {
	const databases = STORED.map((service) => [
		urlVariable(service),
		withDatabase(urlOf("postgres"), `${name}-${service}`),
	]);
	const keys = KEYED.map((service) => [keyVariable(service), serviceKeyFrom(secret, service)]);
	const ports = KEYED.map((service) => [portVariable(service), "0"]);
	return {
		...(Object.fromEntries([...databases, ...keys, ...ports]) as Record<string, string>),
		STOA_NAMESPACE: name,
		STOA_HOME: home,
		REDIS_URL: urlOf("redis"),
		RABBITMQ_URL: urlOf("rabbitmq"),
		MONGODB_URL: withDatabase(urlOf("mongodb"), name),
		PAYMENT_PROVIDER_URL: provider.url,
		JWT_SECRET: secret,
		WEBHOOK_ENCRYPTION_KEY: randomBytes(32).toString("base64url"),
		ADMIN_EMAIL: ADMIN.email,
		ADMIN_PASSWORD: ADMIN.password,
		API_GATEWAY_PORT: String(port),
		RATE_LIMIT_PER_MINUTE: "0",
		REQUEST_LOG: "off",
	};
}
