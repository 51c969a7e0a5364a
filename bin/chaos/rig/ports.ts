import { freePort, PortInUse } from "../../postgres/port.ts";

/**
 * Below the range of outgoing connections: a client that tries again and again to reach a process that is dead may
 * otherwise be given that very port, connect to itself, and keep the port from the process that comes back.
 */
const FROM = 12_000;
const TO = 30_000;

/** Different free ports that nobody takes by accident. */
export async function stablePorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) {
		const port = FROM + Math.floor(Math.random() * (TO - FROM));
		if (await isFree(port)) ports.add(port);
	}
	return [...ports];
}

async function isFree(port: number): Promise<boolean> {
	try {
		await freePort(port);
		return true;
	} catch (error) {
		if (error instanceof PortInUse) return false;
		throw error;
	}
}
