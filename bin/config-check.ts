import { z } from "zod";
import { readAll, readConfig } from "../mixins/config.ts";
import { ROOT } from "./laptop/home.ts";

const Admin = z.object({
	ADMIN_EMAIL: z.email("must be an email address").optional(),
	ADMIN_PASSWORD: z.string().min(8, "has at least 8 characters").max(128, "has at most 128 characters").optional(),
});

const readAdmin = () => readConfig(Admin, process.env);

/**
 * Reads the configuration of these services before anything starts.
 *
 * @throws ConfigInvalid with the problems of all of them at once
 */
export async function checkConfig(services: readonly string[]): Promise<void> {
	const modules = await Promise.all(services.map((service) => import(`${ROOT}/services/${service}/config.ts`)));
	readAll([readAdmin, ...modules.map(({ config }) => config as () => unknown)]);
}
