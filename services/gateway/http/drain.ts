import type { Gateway } from "../gateway.context.ts";

/** While requests run, the door stays open this long, so that balancers see that we are not ready. */
const LAME_MS = 1_000;
/** Then the requests in flight get this long; a checkout answers after three seconds at the latest. */
const PATIENCE_MS = 8_000;

/**
 * Goes out of service without breaking a promise: not ready any more, every answer closes its connection,
 * then nobody new is let in, and requests in flight end. What takes longer than the patience is cut off.
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
		const giveUp = setTimeout(resolve, LAME_MS);
		gateway.onIdle = () => {
			clearTimeout(giveUp);
			resolve();
		};
	});
}
