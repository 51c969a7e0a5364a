import type { Channel, ConsumeMessage } from "amqplib";
import type { HealthState } from "../../../services/contracts/platform.ts";
import type { Broker } from "./connection.ts";
import { healthAfter } from "../canary-health.ts";
import type { Kept } from "../kept.ts";
import type { Publisher } from "./publisher.ts";
import { names } from "./topology.ts";

export interface CanaryOptions {
	readonly broker: Broker;
	readonly publisher: Publisher;
	readonly namespace: string;
	readonly id: string;
	readonly everyMs: number;
	/** A clock in milliseconds that never goes back. */
	readonly clock: () => number;
}

/**
 * Sends a message on the way of all facts, again and again, and reads it from a queue of its own. While that
 * works facts get through; the state of a connection says less.
 */
export class Canary {
	readonly #options: CanaryOptions;
	readonly #channel: Kept<Channel>;
	#timer: NodeJS.Timeout | undefined;
	#backMs = -Infinity;

	constructor(options: CanaryOptions) {
		this.#options = options;
		this.#channel = options.broker.channel({
			what: "the canary",
			create: (model) => model.createChannel(),
			setUp: (channel) => this.#setUp(channel),
		});
	}

	start(): void {
		this.#channel.start();
		this.#timer ??= setInterval(() => void this.#send(), this.#options.everyMs);
	}

	async stop(): Promise<void> {
		clearInterval(this.#timer);
		await this.#channel.stop();
	}

	health(): HealthState {
		return healthAfter(this.#options.clock() - this.#backMs, this.#options.everyMs);
	}

	async #setUp(channel: Channel): Promise<void> {
		const { namespace, id } = this.#options;
		const { events, canary } = names(namespace);
		await channel.assertExchange(events, "topic", { durable: true });
		await channel.assertQueue(canary(id), { exclusive: true, autoDelete: true, durable: false });
		await channel.bindQueue(canary(id), events, canary(id));
		await channel.consume(canary(id), (message) => this.#receive(message), { noAck: true });
		void this.#send();
	}

	async #send(): Promise<void> {
		const { namespace, id, clock, publisher } = this.#options;
		const { events, canary } = names(namespace);
		const content = Buffer.from(String(clock()));
		await publisher.send({ exchange: events, routingKey: canary(id), content, properties: { mandatory: true } });
	}

	#receive(message: ConsumeMessage | null): void {
		if (message !== null) this.#backMs = Math.max(this.#backMs, Number(message.content.toString()));
	}
}
