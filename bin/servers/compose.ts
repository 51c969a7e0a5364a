import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";
import type { Sites } from "./environment.ts";
import type { ServerName } from "./server.ts";

const FILE = fileURLToPath(new URL("compose.yml", import.meta.url));

/** Whether a container engine runs here. */
export const hasEngine = (): boolean => spawnSync("docker", ["info"], { stdio: "ignore" }).status === 0;

/** What compose.yml takes from its environment: where the certificates are, and each port by server and purpose. */
export function composeVariables(sites: Sites): Record<string, string> {
	const ports = Object.entries(sites).flatMap(([name, site]) =>
		Object.entries(site.ports).map(([purpose, port]) => [variable(`${name}_${purpose}_port`), String(port)]),
	);
	const { ca = "" } = sites.postgres.certificates ?? {};
	return { CERTIFICATES: ca.slice(0, ca.lastIndexOf("/")), ...(Object.fromEntries(ports) as Record<string, string>) };
}

const variable = (name: string): string => name.replaceAll("-", "_").toUpperCase();

/** Creates and starts the containers, and waits until they are healthy. */
export const composeUp = (names: readonly ServerName[], sites: Sites): Promise<void> =>
	compose(["up", "--detach", "--wait", ...names], sites);

/** Stops the containers; their volumes stay. */
export const composeStop = (names: readonly ServerName[], sites: Sites): Promise<void> =>
	compose(["stop", ...names], sites);

const compose = (args: readonly string[], sites: Sites): Promise<void> =>
	run("docker", ["compose", "-f", FILE, ...args], { ...process.env, ...composeVariables(sites) });
