import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";

export const LOOPBACK = "127.0.0.1";

const ATTEMPTS = 3;

/** Another program listens on the port. */
export class PortInUse extends Error {
	override readonly name = "PortInUse";

	constructor(port: number) {
		super(
			`Port ${port} on ${LOOPBACK} is in use by another program, so the embedded PostgreSQL cannot have it. ` +
				"End that program, choose another port, or set DATABASE_URL if it is the PostgreSQL you want.",
		);
	}
}

/**
 * Below the range from which the kernel takes the ports of outgoing connections (32768 to 60999 on Linux). Up there a
 * port that was free a second ago may be given to a connection before its server has it; and a client that tries again
 * and again to reach a dead server may be given the server's own port, connect to itself and keep it.
 */
const FROM = 10_000;
const TO = 32_000;

/**
 * The port asked for, or any free one that nobody takes by accident.
 *
 * @throws PortInUse when the port asked for is not free.
 */
export async function freePort(asked?: number): Promise<number> {
	const port = asked ?? randomInt(FROM, TO);
	if (await isFree(port)) return port;
	if (asked !== undefined) throw new PortInUse(port);
	return freePort();
}

/** Different free ports. */
export async function freePorts(count: number): Promise<number[]> {
	const ports = new Set<number>();
	while (ports.size < count) ports.add(await freePort());
	return [...ports];
}

async function isFree(port: number): Promise<boolean> {
	const server = createServer();
	const listening = once(server, "listening");
	server.listen(port, LOOPBACK);
	try {
		await listening;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return false;
		throw error;
	}
	server.close();
	await once(server, "close");
	return true;
}

/**
 * Runs `run` on the port asked for, or on any free one. A free one may be taken again before the server has it, and
 * then another will do.
 */
export async function onFreePort<T>(
	asked: number | undefined,
	run: (port: number) => Promise<T>,
	attempts = asked === undefined ? ATTEMPTS : 1,
): Promise<T> {
	try {
		return await run(await freePort(asked));
	} catch (error) {
		if (!(error instanceof PortInUse) || attempts === 1) throw error;
		return onFreePort(asked, run, attempts - 1);
	}
}

/** Whether anything listens on the port. */
export async function isListening(port: number): Promise<boolean> {
	const socket = connect(port, LOOPBACK);
	try {
		await once(socket, "connect");
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
