import { z } from "zod";
import { config as brokerConfig, isCluster } from "../mixins/broker/config.ts";
import { serviceKeys } from "../mixins/callers/service-keys.ts";
import { readAll, readConfig } from "../mixins/config.ts";
import { busConfig } from "../mixins/events/choose-bus.ts";
import { config as integrityConfig } from "../mixins/integrity/config.ts";
import { config as clusterConfig } from "./cluster/config.ts";
import { ROOT } from "./laptop/home.ts";

const Admin = z.object({
	ADMIN_EMAIL: z.email("must be an email address").optional(),
	ADMIN_PASSWORD: z.string().min(8, "has at least 8 characters").max(128, "has at most 128 characters").optional(),
});

const readAdmin = () => readConfig(Admin, process.env);

/**
 * Reads the configuration of these services and of the node they run on before anything starts.
 *
 * @throws ConfigInvalid with the problems of all of them at once
 */
export async function checkConfig(services: readonly string[]): Promise<void> {
	const names = [...services, "node"];
	const modules = await Promise.all(names.map((service) => import(`${ROOT}/services/${service}/config.ts`)));
	readAll([
		readAdmin,
		brokerConfig,
		() => busConfig(process.env),
		integrityConfig,
		...(isCluster(process.env) ? inCluster(services) : []),
		...modules.map(({ config }) => config as () => unknown),
	]);
}

const inCluster = (services: readonly string[]) => [
	() => clusterConfig(services),
	() => serviceKeys(services, process.env),
];
