import { Redis } from "ioredis";

/** A message of Moleculer's between two nodes, as it stands on the wire. */
interface Message {
	readonly topic: string;
	readonly text: string;
}

/** A command that a node sent to another one. */
export interface Command extends Message {
	readonly id: string;
	readonly action: string;
	readonly params: Readonly<Record<string, unknown>>;
}

/** What a node answered to a command, when it refused it. */
interface Refusal {
	readonly id: string;
	readonly type: string;
}

/**
 * Hears what the nodes of a cluster say to each other over Redis, and can say it again: as late as a Redis, or a
 * network, that had held it back.
 *
 * Redis counts it among the receivers, so while it listens nodes do not notice that another one is gone.
 */
export class WireTap {
	readonly commands: Command[] = [];
	readonly refusals: Refusal[] = [];
	readonly #ear: Redis;
	readonly #mouth: Redis;

	private constructor(redisUrl: string) {
		this.#ear = new Redis(redisUrl, { lazyConnect: true });
		this.#mouth = new Redis(redisUrl, { lazyConnect: true });
	}

	static async on(redisUrl: string, namespace: string): Promise<WireTap> {
		const tap = new WireTap(redisUrl);
		await Promise.all([tap.#ear.connect(), tap.#mouth.connect()]);
		tap.#ear.on("pmessage", (_pattern: string, topic: string, text: string) => tap.#hear({ topic, text }));
		await tap.#ear.psubscribe(`MOL-${namespace}.RE[QS].*`);
		return tap;
	}

	/** @returns how many nodes received it; this ear is not one */
	async deliver({ topic, text }: Message): Promise<number> {
		return (await this.#mouth.publish(topic, text)) - 1;
	}

	close(): void {
		this.#ear.disconnect();
		this.#mouth.disconnect();
	}

	#hear(message: Message): void {
		const { id, action, params, success, error } = JSON.parse(message.text) as Payload;
		if (action !== undefined) this.commands.push({ ...message, id, action, params: params ?? {} });
		if (success === false) this.refusals.push({ id, type: error?.type ?? "" });
	}
}

/** Of requests and answers. */
interface Payload {
	readonly id: string;
	readonly action?: string;
	readonly params?: Readonly<Record<string, unknown>>;
	readonly success?: boolean;
	readonly error?: { readonly type?: string };
}
