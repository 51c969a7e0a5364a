import type { Transport } from "./belfry.fixture.ts";
import { describeBus } from "./bus.conformance.fixture.ts";
import type { EventBus } from "./bus.ts";
import { LocalBus } from "./local-bus.ts";

/** All nodes share one bus, and the next ones get another: it ends with its process, so it forgets no subscriber. */
async function inOneProcess(): Promise<Transport> {
	let current = new LocalBus();
	const shared: EventBus = {
		subscribe(subscriber) {
			const subscription = current.subscribe(subscriber);
			const stop = async () => {
				await subscription.stop();
				current = new LocalBus();
			};
			return { start: () => subscription.start(), stop };
		},
		publish: (messages) => current.publish(messages),
		isConnected: () => current.isConnected(),
		health: () => current.health(),
		close: () => Promise.resolve(),
	};
	return { connect: () => shared, close: () => Promise.resolve() };
}

describeBus("the local bus", inOneProcess, { isBetweenProcesses: false, hasShortRetries: false });
