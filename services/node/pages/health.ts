import { setTimeout as delay } from "node:timers/promises";
import type { Service, Transit } from "moleculer";
import { busOf } from "../../../mixins/events/local-bus.ts";
import type { OutboxMethods } from "../../../mixins/events/outbox.ts";
import { HEALTH, ping } from "../../contracts/platform.ts";
import type { HealthState } from "../../contracts/platform.ts";
import { shortNameOf } from "../config.ts";
import type { Answer, Pages } from "../node.context.ts";

/** A service whose database does not answer within this time is unhealthy. */
const PING_WITHIN_MS = 1_000;

/** The process answers: its event loop turns. Nothing else is asked, or a database that is gone would end every node. */
export const live = (pages: Pages): Answer => answer(pages, "healthy");

/**
 * Work may be sent to this node: its services have their databases, other nodes are in reach, and facts get through
 * where a service of the node writes or reads any. A gateway does neither: its requests go on while the bus is away.
 */
export async function ready(pages: Pages): Promise<Answer> {
	const states = await statesOf(pages);
	const parts: Readonly<Record<string, boolean>> = {
		...Object.fromEntries(states.map(([service, state]) => [service, state !== "unhealthy"])),
		"event-bus": !pages.broker.services.some(tradesFacts) || busOf(pages.broker).health() !== "unhealthy",
		transporter: isConnected(pages.broker),
		// Not before all of it has started, and not from the moment it was told to stop.
		node: pages.broker.started && !pages.isDraining,
	};
	const notReady = Object.keys(parts).filter((part) => parts[part] === false);
	return answer(pages, notReady.length === 0 ? "healthy" : "unhealthy", { notReady });
}

/** The state of each service of this node. */
export async function health(pages: Pages): Promise<Answer> {
	const states = await statesOf(pages);
	const worst = HEALTH.findLast((state) => states.some(([, each]) => each === state));
	return answer(pages, worst ?? "healthy", { services: Object.fromEntries(states) });
}

function answer(pages: Pages, status: HealthState, more: object = {}): Answer {
	return {
		status: status === "unhealthy" ? 503 : 200,
		body: { status, ...more, timestamp: pages.now().toISOString() },
	};
}

function statesOf(pages: Pages): Promise<(readonly [service: string, state: HealthState])[]> {
	return Promise.all(pages.hosted.map(async (name) => [shortNameOf(name), await stateOf(pages, name)] as const));
}

async function stateOf({ broker }: Pages, name: string): Promise<HealthState> {
	const service = broker.services.find((each) => each.name === name) as
		(Service & { isDraining?: boolean }) | undefined;
	if (service === undefined || service.isDraining === true) return "unhealthy";
	if (service.schema.actions?.ping === undefined) return "healthy";

	const timer = new AbortController();
	const answered = broker
		.call(ping(name).name, {}, { nodeID: broker.nodeID })
		.then((pong) => (pong as { status: HealthState }).status)
		.catch(() => "unhealthy" as const)
		.finally(() => timer.abort());
	const tooLate = delay(PING_WITHIN_MS, "unhealthy" as const, { signal: timer.signal }).catch(() => answered);
	return Promise.race([answered, tooLate]);
}

const OUTBOX: keyof OutboxMethods = "wakeRelay";

/** Whether a service has an outbox, or an inbox with consumers. */
function tradesFacts(service: Service): boolean {
	const { consumes = [] } = service.metadata as { readonly consumes?: readonly object[] };
	return OUTBOX in service || consumes.length > 0;
}

/** Whether other nodes can be called; without a transporter there are none. */
export function isConnected({ transit }: { readonly transit?: Transit | null }): boolean {
	return transit == null || (transit.connected && transit.tx.connected);
}
