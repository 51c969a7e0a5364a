import { mkdirSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { Client } from "pg";
import type { RunningServer, ServerName } from "../../servers/server.ts";
import { startServer } from "../../servers/start.ts";
import { STORED } from "../../services.ts";
import { UPSTREAMS } from "../faults.ts";
import type { Upstream } from "../faults.ts";
import { TcpProxy } from "../tcp-proxy.ts";

export type BusKind = "rabbitmq" | "nats";

interface Place {
	readonly server: ServerName;
	readonly folder: string;
	readonly proxy: TcpProxy;
	/** Past the proxy, for whoever judges. */
	readonly direct: string;
	running: RunningServer;
}

/** Servers of this run alone, each behind a line that can be made bad. */
export class Upstreams {
	readonly bus: BusKind;
	readonly #places: ReadonlyMap<Upstream, Place>;

	private constructor(bus: BusKind, places: ReadonlyMap<Upstream, Place>) {
		this.bus = bus;
		this.#places = places;
	}

	/** @param folder where their data is */
	static async start(folder: string, bus: BusKind): Promise<Upstreams> {
		const servers = { postgres: "postgres", redis: "redis", broker: bus } as const;
		const started = UPSTREAMS.map(async (upstream) => {
			const server = servers[upstream];
			return [upstream, await place(server, `${folder}/${server}`)] as const;
		});
		return new Upstreams(bus, new Map(await Promise.all(started)));
	}

	/** How the processes reach them: through the proxies. */
	env(): Record<string, string> {
		const broker = this.#through("broker");
		return {
			DATABASE_URL: this.#through("postgres"),
			REDIS_URL: this.#through("redis"),
			EVENT_BUS: this.bus,
			...(this.bus === "rabbitmq" ? { RABBITMQ_URL: broker } : { NATS_SERVERS: broker }),
		};
	}

	url(upstream: Upstream): string {
		return this.#place(upstream).direct;
	}

	proxy(upstream: Upstream): TcpProxy {
		return this.#place(upstream).proxy;
	}

	/** Ends a server by a signal and brings it back with its data. */
	async crash(upstream: Upstream, signal: NodeJS.Signals, downMs: number): Promise<void> {
		const place = this.#place(upstream);
		await place.running.kill(signal);
		await wait(downMs);
		place.running = await startServer(place.server, { folder: place.folder });
	}

	async pause(upstream: Upstream, forMs: number): Promise<void> {
		const { running } = this.#place(upstream);
		await running.pause();
		await wait(forMs);
		running.resume();
	}

	/** Empty databases for the next shop; queues and keys have its namespace. */
	async forgetDatabases(): Promise<void> {
		const client = new Client({ connectionString: this.url("postgres") });
		await client.connect();
		for (const service of STORED) await client.query(`drop database if exists stoa_${service} with (force)`);
		await client.end();
	}

	async stop(): Promise<void> {
		for (const { proxy, running } of this.#places.values()) {
			await proxy.stop();
			await running.stop();
		}
	}

	#place(upstream: Upstream): Place {
		const place = this.#places.get(upstream);
		if (place === undefined) throw new Error(`There is no upstream ${upstream}.`);
		return place;
	}

	#through(upstream: Upstream): string {
		const url = new URL(this.url(upstream));
		url.port = String(this.proxy(upstream).port);
		return url.href;
	}
}

async function place(server: ServerName, folder: string): Promise<Place> {
	mkdirSync(folder, { recursive: true });
	const running = await startServer(server, { folder });
	const proxy = await TcpProxy.to(Number(new URL(running.url).port));
	return { server, folder, proxy, direct: running.url, running };
}
