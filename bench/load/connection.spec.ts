import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, describe, expect, it } from "@jest/globals";
import { Connection } from "./connection.ts";
import { get } from "./request.ts";

let server: Server;
let connection: Connection;

/** Connects to a server that does this with each request. */
async function connectTo(answer: (socket: Socket) => void): Promise<Connection> {
	server = createServer((socket) => socket.on("data", () => answer(socket)));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	connection = await Connection.open("127.0.0.1", (server.address() as AddressInfo).port);
	return connection;
}

afterEach(() => {
	connection.close();
	server.close();
});

const request = get({ host: "127.0.0.1", port: 80 }, "/");

describe("a connection of the load", () => {
	it("reads an answer that comes in pieces, header and body cut anywhere", async () => {
		const answer = "HTTP/1.1 201 Created\r\ncontent-length: 11\r\n\r\nhello world";
		const sent = await connectTo((socket) => {
			socket.setNoDelay(true);
			const pieces = [answer.slice(0, 20), answer.slice(20, 44), answer.slice(44)];
			pieces.forEach((piece, index) => setTimeout(() => socket.write(piece), index * 5));
		});

		const { status, body } = await sent.send(request);
		expect([status, body.toString()]).toEqual([201, "hello world"]);
	});

	it("takes one request after the other", async () => {
		let count = 0;
		const sent = await connectTo((socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${++count}`));

		for (const expected of ["1", "2", "3"]) expect((await sent.send(request)).body.toString()).toBe(expected);
	});

	it("fails on an answer whose end it cannot know", async () => {
		const sent = await connectTo((socket) =>
			socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
		);

		await expect(sent.send(request)).rejects.toThrow("no Content-Length");
	});

	it("fails when the server hangs up", async () => {
		const sent = await connectTo((socket) => socket.destroy());

		await expect(sent.send(request)).rejects.toThrow();
	});
});
