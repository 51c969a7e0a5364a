import type { Message } from "../../services/contracts/event.ts";
import type { HealthState } from "../../services/contracts/platform.ts";

/** One consumer's copy of one message. */
export interface Delivery {
	readonly consumer: string;
	readonly message: Message;
	/** It was delivered before, and whoever had it neither handled nor refused it: his process may have died of it. */
	readonly cameBefore?: boolean;
}

/** What a service's inbox tells the bus about its consumers, and what the bus may ask of it. */
export interface Subscriber {
	/** The service's name, e.g. `orders`. */
	readonly service: string;
	/** The event names each consumer of this service reads, by the consumer's name. */
	readonly consumers: ReadonlyMap<string, readonly string[]>;
	/** Consumers whose queue is open to messages from outside, and the name of the event that such a message is. */
	readonly doors?: ReadonlyMap<string, string>;
	/** Stores deliveries durably, to be handled later; one that is there already is left alone. For a bus without queues. */
	accept(deliveries: readonly Delivery[]): Promise<void>;
	/**
	 * Handles a delivery in a transaction, which others may share, that is on disk when this resolves; one that was handled
	 * before is left alone.
	 *
	 * @throws what the consumer throws; then nothing of it was committed
	 */
	handle(delivery: Delivery): Promise<void>;
	/** Files a delivery that failed all its tries among the dead letters of the service. */
	bury(delivery: Delivery, error: string): Promise<void>;
}

/** What a service reads: the event names of each of its consumers. */
export type Reader = Pick<Subscriber, "service" | "consumers" | "doors">;

/** One service's part in the bus. */
export interface Subscription {
	/** Begins to deliver, now or as soon as the broker is reached; does not wait for it. */
	start(): void;
	/** Ends delivering and waits for the deliveries under way. */
	stop(): Promise<void>;
}

/** Carries facts from outboxes to inboxes, at least once. */
export interface EventBus {
	subscribe(subscriber: Subscriber): Subscription;
	/** @returns the ids of the messages that are safe with every reader; the others stay in the outbox */
	publish(messages: readonly Message[]): Promise<ReadonlySet<string>>;
	/** Whether anything can be published now. Asked while it cannot, the bus goes on connecting. */
	isConnected(): boolean;
	/** Whether facts get through; for a broker, whether a message sent a moment ago came back. */
	health(): HealthState;
	/** Lets go of the broker, after every subscription was stopped. */
	close(): Promise<void>;
}

/** Where the bus writes what happens to it. */
export interface BusLog {
	info(text: string): void;
	warn(text: string, error?: unknown): void;
}
