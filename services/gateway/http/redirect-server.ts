import { createServer } from "node:http";
import type { Server } from "node:http";
import { secureLocation } from "../domain/secure-location.ts";
import { SERVER_LIMITS } from "./server-limits.ts";

/**
 * Answers every plain request with the https address of the same thing (308: method and body stay), and does
 * nothing else. A request that does not say what it came for is 400.
 *
 * @param port where the gateway speaks HTTPS
 */
export function openRedirect(port: number): Server {
	return createServer(SERVER_LIMITS, (req, res) => {
		const location = secureLocation(req.headers.host, req.url ?? "/", port);
		const target = location === undefined ? [] : ["Location", location];
		res.writeHead(location === undefined ? 400 : 308, [...target, "Content-Length", "0", "Connection", "close"]);
		res.end();
	});
}

/**
 * Starts to listen.
 *
 * @throws with what to do, when the port is taken
 */
export function listen(server: Server, port: number, address: string): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (error) => {
			const advice = `HTTP_REDIRECT_PORT: cannot listen on port ${port} (${error.message}); name another one.`;
			reject(new Error(advice, { cause: error }));
		});
		server.listen(port, address, () => resolve());
	});
}
