import { Redis } from "ioredis";
import type { RedisOptions } from "ioredis";
import { Errors, Transporters } from "moleculer";
import { NOW_OR_NEVER } from "./redis-options.ts";

const REQUEST = "REQ";
const PULSE_MS = 2_000;
const RETRY_MS = 500;

/**
 * Moleculer's Redis transporter with one pair of connections for its whole life. The built-in one opens another
 * pair after a failed connection and another publisher after each reconnect: the pairs leak, and a node that is
 * subscribed twice runs every request twice (moleculer #1363).
 *
 * It also says at once what Redis knows at once: a request that no node received, and the requests whose answer
 * cannot come any more because the connection it would have come by is gone.
 */
export class RedisTransporter extends Transporters.Redis {
	readonly #redis: RedisOptions;
	readonly #topics = new Set<string>();
	#isListening = false;
	#pulse: NodeJS.Timeout | undefined;

	constructor(redis: RedisOptions) {
		super({});
		this.#redis = redis;
	}

	/** Does not wait: until Redis is there, and after every loss of it, the two clients connect again by themselves. */
	override connect(): Promise<void> {
		this.clientPub = this.#open("publisher", () => this.#cameUp());
		this.clientSub = this.#open("subscriber", () => this.#listen());
		this.clientSub.on("messageBuffer", (topic: Buffer, data: Buffer) => this.#hear(topic.toString(), data));
		this.clientSub.on("close", () => this.#deafened());
		// A subscriber that only waits would not notice that the line is dead.
		this.#pulse = setInterval(() => void this.#subscriber.ping().catch(() => undefined), PULSE_MS).unref();
		return Promise.resolve();
	}

	override disconnect(): Promise<void> {
		clearInterval(this.#pulse);
		this.connected = false;
		return super.disconnect();
	}

	/** Remembered, and asked for again whenever the connection is new. */
	override async subscribe(cmd: string, nodeID?: string): Promise<void> {
		const topic = this.getTopicName(cmd, nodeID);
		this.#topics.add(topic);
		await this.#subscriber.subscribe(topic);
	}

	/** @throws ServiceNotAvailableError when no node received the request, so that it may be sent to another one */
	override async send(topic: string, data: Buffer, { packet }: { packet?: Packet } = {}): Promise<void> {
		const receivers = await this.#publisher.publish(topic, data);
		if (receivers > 0 || packet?.type !== REQUEST || packet.target === null) return;

		const { target: nodeID, payload } = packet;
		const { id, action } = payload;
		// Only this request is known not to have begun: the others of that node are told something else.
		this.transit.removePendingRequest(id);
		this.broker.registry.discoverer.remoteNodeDisconnected(nodeID, true);
		throw new Errors.ServiceNotAvailableError({ action, nodeID });
	}

	get #publisher(): Redis {
		return this.clientPub as Redis;
	}

	get #subscriber(): Redis {
		return this.clientSub as Redis;
	}

	#open(role: string, onReady: () => void | Promise<void>): Redis {
		const client = new Redis({ ...this.#redis, ...NOW_OR_NEVER, autoResubscribe: false });
		client.on("ready", () => void onReady());
		client.on("close", () => this.#wentDown(role));
		client.on("error", (error) => this.logger.debug(`Redis (${role}):`, error));
		return client;
	}

	#hear(topic: string, data: Buffer): void {
		const [cmd = ""] = topic.slice(this.prefix.length + 1).split(".");
		void this.receive(cmd, data);
	}

	async #listen(): Promise<void> {
		try {
			if (this.#topics.size > 0) await this.#subscriber.subscribe(...this.#topics);
			this.#isListening = true;
			await this.#cameUp();
		} catch (error) {
			this.logger.debug("Redis (subscriber) was lost again:", error);
		}
	}

	async #cameUp(): Promise<void> {
		if (this.connected || !this.#isListening || this.#publisher.status !== "ready") return;
		const isAgain = this.transit.connected;
		if (isAgain) this.logger.info("Redis is back.");
		try {
			await this.onConnected(isAgain);
		} catch (error) {
			this.logger.debug("Redis was lost while the nodes were looked for:", error);
			// Later losses are made up for by the next heartbeat; the first discovery must succeed.
			if (!isAgain) this.#tryAgain();
		}
	}

	#tryAgain(): void {
		this.connected = false;
		setTimeout(() => void this.#cameUp(), RETRY_MS).unref();
	}

	#wentDown(role: string): void {
		if (this.connected)
			this.logger.warn(`Redis is out of reach (${role}); calls to other nodes fail until it is back.`);
		this.connected = false;
	}

	/** Answers are not kept for us: what is waited for now comes never. */
	#deafened(): void {
		this.#isListening = false;
		const nodes = new Set([...this.transit.pendingRequests.values()].map(({ nodeID }) => nodeID));
		for (const node of nodes) this.transit.removePendingRequestByNodeID(node);
	}
}

/** What the transporter needs to know of a request; other packets have other payloads. */
interface Packet {
	readonly type: string;
	readonly target: string | null;
	readonly payload: { readonly id: string; readonly action: string };
}
