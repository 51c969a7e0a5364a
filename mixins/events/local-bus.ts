import type { Middleware, ServiceBroker } from "moleculer";
import type { Message } from "../../services/contracts/event.ts";
import type { Delivery, EventBus, Subscriber, Subscription } from "./bus.ts";

/**
 * The bus of the laptop shape: a message is published once the inbox of every service that
 * reads it has stored it. The inbox is the queue, so nothing is lost when the process dies.
 */
export class LocalBus implements EventBus {
	readonly #subscribers: Subscriber[] = [];

	subscribe(subscriber: Subscriber): Subscription {
		this.#subscribers.push(subscriber);
		return ALWAYS_ON;
	}

	async publish(messages: readonly Message[]): Promise<ReadonlySet<string>> {
		const unsafe = await Promise.all(this.#subscribers.map((subscriber) => deliver(subscriber, messages)));
		const failed = new Set(unsafe.flat());
		return new Set(messages.map(({ id }) => id).filter((id) => !failed.has(id)));
	}

	health(): "healthy" {
		return "healthy";
	}

	async close(): Promise<void> {}
}

/** The inbox takes deliveries from its creation on; it handles them once it has started. */
const ALWAYS_ON: Subscription = { start: () => undefined, stop: () => Promise.resolve() };

/** @returns the ids that this subscriber should have stored and did not */
async function deliver(subscriber: Subscriber, messages: readonly Message[]): Promise<string[]> {
	const deliveries = deliveriesOf(subscriber, messages);
	if (deliveries.length === 0) return [];
	try {
		await subscriber.accept(deliveries);
		return [];
	} catch {
		return deliveries.map(({ message }) => message.id);
	}
}

function deliveriesOf({ consumers }: Subscriber, messages: readonly Message[]): Delivery[] {
	return [...consumers].flatMap(([consumer, names]) =>
		messages.filter(({ name }) => names.includes(name)).map((message) => ({ consumer, message })),
	);
}

const buses = new WeakMap<ServiceBroker, EventBus>();

/** Gives a broker its bus before its services are created. */
export function eventBus(bus: () => EventBus): Middleware {
	return {
		name: "EventBus",
		created(broker: ServiceBroker) {
			buses.set(broker, bus());
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
