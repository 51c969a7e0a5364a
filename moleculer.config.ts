import type { BrokerOptions } from "moleculer";
import { brokerOptions } from "./mixins/broker/options.ts";

/**
 * The broker of the laptop shape or, where REDIS_URL is set, of one node of a cluster. A function, because its bus
 * loads its client only when it is asked for. Moleculer's own runner calls it, too:
 *
 *     SERVICEDIR=services SERVICES=orders moleculer-runner --config moleculer.config.ts --mask "*.service.ts"
 *
 * @param services what the node runs; SERVICES, a comma-separated list, unless told
 * @throws ConfigInvalid with every problem at once
 */
export default function config(services: readonly string[] = named(process.env.SERVICES)): Promise<BrokerOptions> {
	return brokerOptions(process.env, services);
}

const named = (list = ""): string[] => list.split(",").flatMap((name) => name.trim() || []);
