import { once } from "node:events";
import { createServer } from "node:net";

/** @throws when another program listens on the gateway's port; found out before anything else is started */
export async function expectFree(port: number): Promise<void> {
	const server = createServer();
	const listening = once(server, "listening");
	server.listen(port);
	await listening.catch((error: unknown) => {
		throw new Error(
			`Port ${port} is in use, perhaps by another Stoa. Stop that program, or choose another port: API_GATEWAY_PORT=3100 npm start`,
			{ cause: error },
		);
	});
	await new Promise((resolve) => server.close(resolve));
}
