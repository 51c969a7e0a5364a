import { setTimeout as wait } from "node:timers/promises";
import type { Middleware, ServiceBroker } from "moleculer";
import type { Message } from "../../services/contracts/event.ts";
import type { Delivery, EventBus, Subscriber, Subscription } from "./bus.ts";

/**
 * The bus of the laptop shape: a message is published once the inbox of every service that
 * reads it has stored it. The inbox is the queue, so nothing is lost when the process dies.
 */
export class LocalBus implements EventBus {
	readonly #subscribers: Subscriber[] = [];
	/** Inboxes that were waited for in vain, until they answer. */
	readonly #late = new Set<Subscriber>();

	subscribe(subscriber: Subscriber): Subscription {
		this.#subscribers.push(subscriber);
		return ALWAYS_ON;
	}

	async publish(messages: readonly Message[]): Promise<ReadonlySet<string>> {
		const unsafe = await Promise.all(this.#subscribers.map((subscriber) => this.#deliver(subscriber, messages)));
		const failed = new Set(unsafe.flat());
		return new Set(messages.map(({ id }) => id).filter((id) => !failed.has(id)));
	}

	/** @returns the ids that this subscriber should have stored and did not, or not yet */
	async #deliver(subscriber: Subscriber, messages: readonly Message[]): Promise<string[]> {
		const deliveries = deliveriesOf(subscriber, messages);
		const isStored = deliveries.length === 0 || (await this.#accepted(subscriber, deliveries));
		return isStored ? [] : deliveries.map(({ message }) => message.id);
	}

	/** Waits so long only: an inbox out of reach must not keep facts from the others. Storing twice is storing once. */
	async #accepted(subscriber: Subscriber, deliveries: readonly Delivery[]): Promise<boolean> {
		if (this.#late.has(subscriber)) return false;
		const stored = subscriber.accept(deliveries).then(
			() => true,
			() => false,
		);
		const answer = await Promise.race([stored, tooLate()]);
		if (answer !== undefined) return answer;

		this.#late.add(subscriber);
		void stored.then(() => this.#late.delete(subscriber));
		return false;
	}

	isConnected(): boolean {
		return true;
	}

	health(): "healthy" {
		return "healthy";
	}

	async close(): Promise<void> {}
}

/** The inbox takes deliveries from its creation on; it handles them once it has started. */
const ALWAYS_ON: Subscription = { start: () => undefined, stop: () => Promise.resolve() };

/** How long an inbox is waited for. */
const ACCEPT_WITHIN_MS = 1_000;

const tooLate = (): Promise<undefined> => wait(ACCEPT_WITHIN_MS, undefined, { ref: false });

function deliveriesOf({ consumers }: Subscriber, messages: readonly Message[]): Delivery[] {
	return [...consumers].flatMap(([consumer, names]) =>
		messages.filter(({ name }) => names.includes(name)).map((message) => ({ consumer, message })),
	);
}

const buses = new WeakMap<ServiceBroker, EventBus>();

/** Gives a broker its bus before its services are created. */
export function eventBus(bus: (broker: ServiceBroker) => EventBus): Middleware {
	return {
		name: "EventBus",
		created(broker: ServiceBroker) {
			buses.set(broker, bus(broker));
		},
		stopped: (broker: ServiceBroker) => busOf(broker).close(),
	};
}

/** The bus of a broker. */
export function busOf(broker: ServiceBroker): EventBus {
	const bus = buses.get(broker);
	if (bus === undefined) throw new Error("The broker has no event bus; add the eventBus middleware to its options.");
	return bus;
}
