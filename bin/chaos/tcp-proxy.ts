import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

const LOOPBACK = "127.0.0.1";

/** Both ends of one connection that goes through the proxy. */
interface Link {
	readonly client: Socket;
	readonly upstream: Socket;
}

/**
 * A bad line to one server on this machine: it can be slow, cut every connection, or swallow what is sent in both
 * directions while it keeps the connections open.
 */
export class TcpProxy {
	/** Delay of everything, in each direction. */
	latencyMs = 0;
	readonly #server: Server;
	readonly #upstreamPort: number;
	readonly #links = new Set<Link>();
	/** Resolves when the line is not a black hole. */
	#open = Promise.withResolvers<undefined>();

	private constructor(upstreamPort: number) {
		this.#upstreamPort = upstreamPort;
		this.#open.resolve(undefined);
		this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => void this.#accept(client));
	}

	/** Listens on any free port of the loopback interface. */
	static async to(upstreamPort: number): Promise<TcpProxy> {
		const proxy = new TcpProxy(upstreamPort);
		proxy.#server.listen(0, LOOPBACK);
		await once(proxy.#server, "listening");
		return proxy;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	/** Cuts every connection with a reset. @returns how many there were */
	reset(): number {
		const links = [...this.#links];
		for (const { client, upstream } of links) {
			client.resetAndDestroy();
			upstream.resetAndDestroy();
		}
		return links.length;
	}

	/** Nothing gets through any more; connections stay open, and new ones are accepted. */
	swallow(): void {
		this.#open = Promise.withResolvers();
		for (const { client, upstream } of this.#links) {
			client.pause();
			upstream.pause();
		}
	}

	/** What was held back arrives late. */
	flow(): void {
		this.#open.resolve(undefined);
		for (const { client, upstream } of this.#links) {
			client.resume();
			upstream.resume();
		}
	}

	async stop(): Promise<void> {
		this.flow();
		this.#server.close();
		this.reset();
		await once(this.#server, "close");
	}

	async #accept(client: Socket): Promise<void> {
		client.on("error", () => undefined);
		await this.#open.promise;
		const upstream = connect({ port: this.#upstreamPort, host: LOOPBACK, allowHalfOpen: true, noDelay: true });
		const link = { client, upstream };
		this.#links.add(link);
		upstream.on("error", () => client.resetAndDestroy());
		client.on("error", () => upstream.resetAndDestroy());
		for (const end of [client, upstream]) end.on("close", () => void this.#links.delete(link));
		client.on("close", () => upstream.destroy());
		upstream.on("close", () => client.destroySoon());
		this.#pump(client, upstream);
		this.#pump(upstream, client);
		if (client.destroyed) upstream.destroy();
	}

	/** Hands on what arrives, in its order, each piece no sooner than the line allows. */
	#pump(from: Socket, to: Socket): void {
		let last: Promise<unknown> = Promise.resolve();
		const next = (work: () => void) => {
			const dueMs = performance.now() + this.latencyMs;
			last = last.then(() => this.#until(dueMs)).then(work);
		};
		from.on("data", (chunk) => next(() => to.writable && to.write(chunk)));
		from.on("end", () => next(() => to.writable && to.end()));
	}

	async #until(dueMs: number): Promise<void> {
		const restMs = dueMs - performance.now();
		if (restMs > 0) await wait(restMs);
		await this.#open.promise;
	}
}
