import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

/** A way to a server that can be closed, or filled with silence. */
export interface Gate {
	/** The server's URL, by way of the gate. */
	readonly url: string;
	/** Connections stay, and nothing comes through any more. */
	freeze(): void;
	/** Connections break, and new ones do too. */
	shut(): void;
	/** New connections come through again; frozen ones break. */
	open(): void;
	close(): Promise<void>;
}

/** Puts a gate before a server. */
export async function openGate(target: string): Promise<Gate> {
	const { hostname, port } = new URL(target);
	const sockets = new Set<Socket>();
	let isShut = false;
	const breakAll = () => sockets.forEach((socket) => socket.destroy());

	const server = createServer((client) => {
		const upstream = connect(Number(port), hostname);
		join(client, upstream, sockets);
		if (isShut) client.destroy();
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const url = new URL(target);
	url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

	return {
		url: url.href,
		freeze: () => sockets.forEach((socket) => socket.unpipe()),
		shut() {
			isShut = true;
			breakAll();
		},
		open() {
			isShut = false;
			breakAll();
		},
		async close() {
			server.close();
			breakAll();
			await once(server, "close");
		},
	};
}

function join(client: Socket, upstream: Socket, sockets: Set<Socket>): void {
	for (const socket of [client, upstream]) {
		sockets.add(socket);
		socket.on("error", () => undefined);
		socket.on("close", () => {
			sockets.delete(socket);
			client.destroy();
			upstream.destroy();
		});
	}
	client.pipe(upstream).pipe(client);
}
