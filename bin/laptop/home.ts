import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** The data folder of the laptop shape: STOA_HOME, else `.stoa` in the project. */
export function openHome(env: NodeJS.ProcessEnv): string {
	const home = resolve(env.STOA_HOME || `${ROOT}/.stoa`);
	mkdirSync(`${home}/logs`, { recursive: true });
	return home;
}
