import type { EventBus } from "../../mixins/events/bus.ts";
import type { Message } from "../../services/contracts/event.ts";

/** A bus that tells every message to `hear` and counts it as published; nothing is delivered. */
export const listeningBus = (hear: (message: Message) => void): EventBus => ({
	subscribe: () => ({ start: () => undefined, stop: () => Promise.resolve() }),
	publish: async (messages) => {
		messages.forEach(hear);
		return new Set(messages.map(({ id }) => id));
	},
	isConnected: () => true,
	health: () => "healthy",
	close: () => Promise.resolve(),
});
