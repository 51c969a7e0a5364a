import type { Gateway } from "../gateway.context.ts";

/** Requests in flight get this long to end; a checkout drives itself on after three seconds. */
const PATIENCE_MS = 8_000;

/**
 * Goes out of service without breaking a promise: not ready any more, every answer closes its connection,
 * requests in flight end, then nobody is let in. What takes longer than the patience is cut off.
 */
export async function drain(this: Gateway): Promise<void> {
	this.isDraining = true;
	await idle(this);
	if (!this.server.listening) return;

	const closed = new Promise((resolve) => this.server.close(resolve));
	const cutOff = setTimeout(() => this.server.closeAllConnections(), PATIENCE_MS);
	await closed;
	clearTimeout(cutOff);
}

function idle(gateway: Gateway): Promise<void> {
	if (gateway.inFlight === 0) return Promise.resolve();
	return new Promise((resolve) => {
		const giveUp = setTimeout(resolve, PATIENCE_MS);
		gateway.onIdle = () => {
			clearTimeout(giveUp);
			resolve();
		};
	});
}
