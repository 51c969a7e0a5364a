import { readAll } from "../mixins/config.ts";
import { ROOT } from "./laptop/home.ts";

/**
 * Reads the configuration of these services before anything starts.
 *
 * @throws ConfigInvalid with the problems of all of them at once
 */
export async function checkConfig(services: readonly string[]): Promise<void> {
	const modules = await Promise.all(services.map((service) => import(`${ROOT}/services/${service}/config.ts`)));
	readAll(modules.map(({ config }) => config as () => unknown));
}
