import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { HealthState } from "../../../services/contracts/platform.ts";
import { healthAfter } from "../canary-health.ts";
import type { Kept } from "../kept.ts";
import { names } from "./names.ts";

export interface CanaryOptions {
	readonly connection: Kept<NatsConnection>;
	readonly namespace: string;
	readonly id: string;
	readonly everyMs: number;
	/** A clock in milliseconds that never goes back. */
	readonly clock: () => number;
}

/** Has JetStream store a message again and again: it counts when the server has it and it came back. */
export class Canary {
	readonly #options: CanaryOptions;
	#timer: NodeJS.Timeout | undefined;
	#heardOn: NatsConnection | undefined;
	#backMs = -Infinity;

	constructor(options: CanaryOptions) {
		this.#options = options;
	}

	start(): void {
		if (this.#timer !== undefined) return;
		this.#timer = setInterval(() => void this.#send(), this.#options.everyMs);
		void this.#options.connection.ready().then(
			() => this.#send(),
			() => undefined,
		);
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	health(): HealthState {
		return healthAfter(this.#options.clock() - this.#backMs, this.#options.everyMs);
	}

	async #send(): Promise<void> {
		const { connection, namespace, id, clock, everyMs } = this.#options;
		const { current } = connection;
		if (current === undefined) return;
		const sentMs = clock();
		try {
			this.#listen(current);
			await jetstream(current).publish(names(namespace).canary(id), String(sentMs), { timeout: everyMs });
		} catch {
			// Told by the silence: health goes by the youngest canary that came back.
		}
	}

	#listen(connection: NatsConnection): void {
		if (this.#heardOn === connection) return;
		this.#heardOn = connection;
		const callback = (_error: Error | null, message: { string(): string }) => {
			this.#backMs = Math.max(this.#backMs, Number(message.string()));
		};
		connection.subscribe(names(this.#options.namespace).canary(this.#options.id), { callback });
	}
}
