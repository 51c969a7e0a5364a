import { resolve } from "node:path";

/**
 * The folder of the test and development servers, one for each user of the machine: STOA_SERVICES_HOME, else the
 * machine's cache for root and the user's own for others. Not in the project: the users that root hands its servers
 * to may not pass through a closed folder, as `/root` is.
 */
export function servicesHome(env: NodeJS.ProcessEnv): string {
	if (env.STOA_SERVICES_HOME) return resolve(env.STOA_SERVICES_HOME);
	if (process.getuid?.() === 0) return "/var/cache/stoa-services";
	return resolve(env.XDG_CACHE_HOME || `${env.HOME || "."}/.cache`, "stoa-services");
}
