import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { TcpProxy } from "./tcp-proxy.ts";

const SILENCE_MS = 80;
let echo: Server;
let proxy: TcpProxy;
const clients: Socket[] = [];

beforeEach(async () => {
	echo = createServer((socket) => void socket.on("error", () => undefined).pipe(socket)).listen(0, "127.0.0.1");
	await once(echo, "listening");
	proxy = await TcpProxy.to((echo.address() as AddressInfo).port);
});
afterEach(async () => {
	for (const client of clients.splice(0)) client.destroy();
	await proxy.stop();
	echo.close();
});

async function open() {
	const socket = connect(proxy.port, "127.0.0.1");
	clients.push(socket);
	await once(socket, "connect");
	return socket;
}

async function asked(socket: Socket, text: string): Promise<string> {
	socket.write(text);
	const [chunk] = (await once(socket, "data")) as [Buffer];
	return chunk.toString();
}

describe("the proxy", () => {
	it("hands on what both sides say, and their end", async () => {
		const socket = await open();
		expect(await asked(socket, "hello")).toBe("hello");
		socket.end();
		await once(socket, "end");
	});

	it("delays when it is told to, and keeps the order", async () => {
		const socket = await open();
		proxy.latencyMs = 40;
		const sinceMs = performance.now();
		const late = asked(socket, "late");
		expect(await late).toBe("late");
		expect(performance.now() - sinceMs).toBeGreaterThanOrEqual(78);
	});

	it("cuts every connection, and accepts the next", async () => {
		const socket = await open();
		await asked(socket, "hello");
		const cut = once(socket, "error");
		expect(proxy.reset()).toBe(1);
		expect((await cut)[0]).toMatchObject({ code: "ECONNRESET" });
		expect(await asked(await open(), "again")).toBe("again");
	});

	it("swallows without a word, and lets it through afterwards", async () => {
		const old = await open();
		await asked(old, "hello");
		proxy.swallow();
		const fresh = await open();
		const answers = Promise.all([asked(old, "old"), asked(fresh, "fresh")]);

		expect(await Promise.race([answers, wait(SILENCE_MS, "silence")])).toBe("silence");
		proxy.flow();
		expect(await answers).toEqual(["old", "fresh"]);
	});

	it("refuses as the server behind it does", async () => {
		echo.close();
		await once(echo, "close");
		const socket = await open();
		await once(socket, "error");
	});
});
