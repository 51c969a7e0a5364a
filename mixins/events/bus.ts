import type { Message } from "../../services/contracts/event.ts";

/** One consumer's copy of one message. */
export interface Delivery {
	readonly consumer: string;
	readonly message: Message;
}

/** What a service's inbox tells the bus about its consumers. */
export interface Subscriber {
	/** The event names each consumer of this service reads, by the consumer's name. */
	readonly consumers: ReadonlyMap<string, readonly string[]>;
	/** Stores deliveries durably; a delivery that is there already is left alone. */
	accept(deliveries: readonly Delivery[]): Promise<void>;
}

/** Carries facts from outboxes to inboxes, at least once. */
export interface EventBus {
	subscribe(subscriber: Subscriber): void;
	/** @returns the ids of the messages that are safe with every reader; the others stay in the outbox */
	publish(messages: readonly Message[]): Promise<ReadonlySet<string>>;
}
