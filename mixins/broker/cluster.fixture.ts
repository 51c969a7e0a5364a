import { randomBytes } from "node:crypto";
import { ServiceBroker } from "moleculer";
import type { BrokerOptions, Middleware, ServiceSchema } from "moleculer";
import { z } from "zod";
import { defineAction } from "../../services/contracts/action.ts";
import { OPEN } from "../../services/contracts/policy.ts";
import { Nothing } from "../../services/contracts/text.ts";
import { action, defineService, internal, query } from "../define-service.ts";
import { clusterOptions } from "./cluster-options.ts";

/** A name that keeps a spec's nodes apart from those of others on the same Redis. */
export const freshNamespace = (): string => `test-${randomBytes(5).toString("hex")}`;

export interface TestNode {
	readonly redisUrl: string;
	readonly namespace: string;
	readonly nodeID: string;
	readonly services?: readonly ServiceSchema[];
	/** What a spec changes or switches off. */
	readonly changes?: BrokerOptions;
	readonly outermost?: readonly Middleware[];
}

/** A broker of a cluster, not started. */
export function nodeOf({
	redisUrl,
	namespace,
	nodeID,
	services = [],
	changes,
	outermost = [],
}: TestNode): ServiceBroker {
	const options = clusterOptions({ redisUrl, outermost });
	const broker = new ServiceBroker({
		...options,
		namespace,
		nodeID,
		logger: false,
		internalMiddlewares: false,
		...changes,
	});
	for (const schema of services) broker.createService(schema);
	return broker;
}

export async function startNode(node: TestNode): Promise<ServiceBroker> {
	const broker = nodeOf(node);
	await broker.start();
	return broker;
}

/** Where a caller may send an action, as far as it knows: nowhere, until it has heard of a node that has it. */
export function endpointsOf(caller: ServiceBroker, name = "worker.work"): readonly Endpoint[] {
	const list = caller.registry.getActionEndpoints(name) as unknown as { endpoints: Endpoint[] } | undefined;
	return list?.endpoints ?? [];
}

interface Endpoint {
	readonly id: string;
	/** False while the circuit breaker is open. */
	readonly state: boolean;
}

/** What became of a call: the name of its error, or that there was none. */
export const failure = (outcome: Promise<unknown>): Promise<string> =>
	outcome.then(
		() => "no failure",
		(error: unknown) => (error as Error).name,
	);

const Named = z.object({ nodeID: z.string() });
export const Ask = defineAction("worker.ask", { summary: "A question.", params: Nothing, result: Named });
export const Work = defineAction("worker.work", { summary: "A command.", params: Nothing, result: Named });
export const Pay = defineAction("worker.pay", { summary: "A command with a key.", params: Nothing, result: Named });

/** What a worker does with a call before it answers with its name. */
export type Behaviour = (action: string) => unknown;

/** A service with an action of each kind. */
export function worker(nodeID: string, behave: Behaviour): ServiceSchema {
	const does = (name: string) => async () => {
		await behave(name);
		return { nodeID };
	};
	return defineService({
		name: "worker",
		actions: {
			ask: query(Ask, does("ask")),
			work: internal(Work, does("work")),
			pay: action(Pay, { rest: "POST /pay", policy: OPEN, idempotent: true }, does("pay")),
		},
	});
}
