import { ServiceBroker } from "moleculer";
import { brokerOptions } from "../../mixins/broker/options.ts";
import { isCluster } from "../../mixins/broker/config.ts";
import { LocalBus } from "../../mixins/events/local-bus.ts";
import { OPERATOR } from "../../services/contracts/callers.ts";
import { config } from "./config.ts";
import { waitForRedis } from "./servers.ts";

/**
 * Joins the cluster as a node without services, for commands that call the others.
 *
 * @param otherwise what to do in the laptop shape, which nobody can join
 * @throws ConfigInvalid, or that there is no cluster to join
 */
export async function joinCluster(otherwise: string): Promise<ServiceBroker> {
	if (!isCluster(process.env)) throw new Error(`REDIS_URL is not set, so there is no cluster to join. ${otherwise}`);

	const options = await brokerOptions(process.env, [OPERATOR], () => new LocalBus());
	await waitForRedis(process.env, { forMs: config([]).waitMs, log: console.log });
	const broker = new ServiceBroker(options);
	await broker.start();
	return broker;
}
