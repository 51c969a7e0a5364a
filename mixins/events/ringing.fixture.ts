import { randomUUID } from "node:crypto";
import { z } from "zod";
import { defineEvent } from "../../services/contracts/event.ts";
import type { Message } from "../../services/contracts/event.ts";
import type { EventBus, Subscriber, Subscription } from "./bus.ts";

const aggregate = ["bell", "bellId"] as const;
const body = { bellId: z.uuid() };

export const Rang = defineEvent("bell.rang", 1, { summary: "A bell rang.", aggregate, body });
export const Broke = defineEvent("bell.broke", 1, { summary: "A bell broke.", aggregate, body });
/** Outsiders may order one. */
export const Ordered = defineEvent("bell.ordered", 1, {
	summary: "A bell is wanted.",
	aggregate: ["order", "size"],
	body: { size: z.string() },
	isOpen: true,
});

/** A message about a bell of its own. */
export function bellMessage(name: string): Message {
	const bellId = randomUUID();
	const data = { bellId, timestamp: "2026-01-02T03:04:05.000Z" };
	const about = { aggregateType: "bell", aggregateId: bellId, sequence: 1 };
	return { id: randomUUID(), name, version: 1, ...about, correlationId: null, causationId: null, data };
}

/** The same bus, which tells when one of its subscriptions begins to stop. */
export function stopTold(bus: EventBus, tell: () => void): EventBus {
	const subscribe = (subscriber: Subscriber): Subscription => {
		const subscription = bus.subscribe(subscriber);
		const stop = () => {
			tell();
			return subscription.stop();
		};
		return { start: () => subscription.start(), stop };
	};
	return {
		subscribe,
		publish: (messages) => bus.publish(messages),
		isConnected: () => bus.isConnected(),
		health: () => bus.health(),
		close: () => bus.close(),
	};
}
