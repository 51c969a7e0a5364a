import { ServiceBroker } from "moleculer";
import type { Middleware, ServiceSchema } from "moleculer";
import { contracts } from "../../mixins/contracts.middleware.ts";
import { deadlines } from "../../mixins/deadlines.middleware.ts";
import { eventBus, LocalBus } from "../../mixins/events/local-bus.ts";
import type { EventBus } from "../../mixins/events/bus.ts";

export interface TestBroker {
	/** Tells two brokers of one test apart; all of a process have the same one unless told. */
	readonly nodeID?: string;
	/** Replaces the local bus, e.g. to see what is published. */
	readonly bus?: EventBus;
	readonly middlewares?: Middleware[];
}

/** A started broker with Stoa's middlewares and these services; stop it in `afterAll`. */
export async function startBroker(schemas: readonly ServiceSchema[], options: TestBroker = {}): Promise<ServiceBroker> {
	const bus = options.bus ?? new LocalBus();
	const broker = new ServiceBroker({
		logger: false,
		...(options.nodeID !== undefined && { nodeID: options.nodeID }),
		middlewares: [deadlines(), contracts(), eventBus(() => bus), ...(options.middlewares ?? [])],
	});
	for (const schema of schemas) broker.createService(schema);
	await broker.start();
	return broker;
}
