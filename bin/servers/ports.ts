import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { freePorts } from "../postgres/port.ts";
import type { Server } from "./server.ts";

export type Ports = Readonly<Record<string, number>>;

const DEFAULT_BASE = 4210;
const HIGHEST_BASE = 65_000;

/**
 * The ports of all servers, one after the other from STOA_SERVICES_PORT_BASE (4210).
 *
 * @throws when the base is no port, or too high for all of them
 */
export function portsFrom(env: NodeJS.ProcessEnv, servers: readonly Server[]): ReadonlyMap<string, Ports> {
	let next = base(env.STOA_SERVICES_PORT_BASE || String(DEFAULT_BASE));
	return new Map(
		servers.map(({ name, ports }) => [name, Object.fromEntries(ports.map((purpose) => [purpose, next++]))]),
	);
}

function base(value: string): number {
	const port = Number(value);
	if (Number.isInteger(port) && port >= 1024 && port <= HIGHEST_BASE) return port;
	throw new Error(`STOA_SERVICES_PORT_BASE: has to be a port from 1024 to ${HIGHEST_BASE}, and is "${value}".`);
}

/** The ports that a folder was given by its first start, so that a server that died comes back where it was. */
export async function keptPorts(file: string, server: Server, main?: number): Promise<Ports> {
	const kept = readPorts(file);
	if (kept && (main === undefined || kept.main === main)) return kept;

	const found = (await freePorts(server.ports.length + 1)).filter((port) => port !== main);
	const free = Object.fromEntries(server.ports.map((purpose, index) => [purpose, found[index] ?? 0]));
	if (main !== undefined && "main" in free) free.main = main;
	await writeFile(file, JSON.stringify(free));
	return free;
}

function readPorts(file: string): Ports | undefined {
	try {
		return JSON.parse(readFileSync(file, "utf8")) as Ports;
	} catch {
		return undefined;
	}
}
