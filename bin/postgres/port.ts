import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

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
 * The port asked for, or any free one.
 *
 * @throws PortInUse when the port asked for is not free.
 */
export async function freePort(port = 0): Promise<number> {
	const server = createServer();
	const listening = once(server, "listening");
	server.listen(port, LOOPBACK);
	try {
		await listening;
	} catch (error) {
		throw (error as NodeJS.ErrnoException).code === "EADDRINUSE" ? new PortInUse(port) : error;
	}
	const free = (server.address() as AddressInfo).port;
	server.close();
	await once(server, "close");
	return free;
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
