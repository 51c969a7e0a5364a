import type { ServiceBroker } from "moleculer";
import { checkConfig } from "../config-check.ts";
import { expectFree } from "../laptop/gateway-port.ts";
import { openNode, startNode } from "../node.ts";
import type { ServiceName } from "../services.ts";
import { config } from "./config.ts";
import { waitForServers } from "./servers.ts";

/**
 * Starts these services in this process as one node of a cluster. Whatever is missing in the environment is told
 * before anything starts; servers that are not there yet are waited for.
 */
export async function launchInCluster(services: readonly ServiceName[]): Promise<ServiceBroker> {
	await checkConfig(services);
	if (services.includes("gateway")) await expectFree(Number(process.env.API_GATEWAY_PORT || 3000));
	await waitForServers(services, process.env, { forMs: config(services).waitMs, log: console.log });
	const broker = await openNode(services);
	await startNode(broker, services);
	return broker;
}
