import { once } from "node:events";
import type { Server } from "node:http";
import { connect } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { Duplex } from "node:stream";
import { connect as connectSecurely } from "node:tls";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { freshCertificates } from "../../../test/support/certificates.ts";
import type { Request, Response } from "../gateway.context.ts";
import { drain } from "./drain.ts";
import { openServer } from "./server.ts";
import { readIdentity } from "./tls-identity.ts";
import type { Identity } from "./tls-identity.ts";

/** What a client reads after its connection failed with this error. */
function toldAbout(code: string): { said: string; socket: Duplex } {
	let said = "";
	const socket = new Duplex({
		read: () => undefined,
		write(chunk: Buffer, _encoding, done) {
			said += chunk.toString();
			done();
		},
	});
	openServer(undefined as never).emit("clientError", Object.assign(new Error("internal detail"), { code }), socket);
	return { said, socket };
}

describe("the server", () => {
	it("bounds the time of slow clients and the number of header fields", () => {
		const server = openServer(undefined as never);
		expect(server.headersTimeout).toBe(10_000);
		expect(server.requestTimeout).toBe(600_000);
		expect(server.keepAliveTimeout).toBe(65_000);
		expect(server.maxHeadersCount).toBe(100);
	});

	it.each([
		["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout", "REQUEST_TIMED_OUT"],
		["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large", "HEADERS_TOO_LARGE"],
		["HPE_INVALID_METHOD", "400 Bad Request", "MALFORMED_REQUEST"],
	])("answers %s with %s and closes", (code, status, type) => {
		const { said, socket } = toldAbout(code);
		expect(said).toContain(`HTTP/1.1 ${status}\r\nConnection: close`);
		expect(said).toContain(`"code":"${type}"`);
		expect(said).not.toContain("internal detail");
		expect(socket.writableEnded).toBe(true);
	});

	it("says nothing to a client that has gone", () => {
		const { said, socket } = toldAbout("ECONNRESET");
		expect([said, socket.destroyed]).toEqual(["", true]);
	});
});

describe.each(["HTTP", "HTTPS"])("who asks for a tunnel over %s", (protocol) => {
	const isSecure = protocol === "HTTPS";
	const answering = { httpHandler: (_req: Request, res: Response) => res.end("well") };
	let identity: Identity;
	let server: Server;

	beforeAll(async () => {
		const { certificate, key } = await freshCertificates();
		identity = readIdentity({ certFile: certificate, keyFile: key });
	});
	beforeEach(async () => {
		server = openServer(answering as never, isSecure ? identity : undefined);
		await once(server.listen(0, "127.0.0.1"), "listening");
	});
	afterEach(() => void server.close());

	/** A client that keeps its own half open, whatever it is told. */
	async function sending(text: string): Promise<Socket> {
		const options = { port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true };
		const socket = isSecure ? connectSecurely({ ...options, rejectUnauthorized: false }) : connect(options);
		await once(socket, isSecure ? "secureConnect" : "connect");
		socket.on("error", () => undefined).write(text);
		return socket;
	}
	const asking = () => sending("CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n");

	it("is answered 400 and cut off, though he stays, so that nothing waits for him at the end", async () => {
		const client = await asking();
		const [said] = (await once(client, "data")) as [Buffer];
		expect(said.toString()).toMatch(/^HTTP\/1.1 400 Bad Request\r\nConnection: close/);

		await drain.call({ server, inFlight: 0, isDraining: false } as never);
		expect(server.listening).toBe(false);
		client.destroy();
	});

	it("ends nothing but his own connection when he breaks it off", async () => {
		const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
		server.on("connect", (_req, socket) => socket.destroy(reset));
		const client = await asking();
		await once(client.resume(), "end");
		client.destroy();

		const other = await sending("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
		const [said] = (await once(other, "data")) as [Buffer];
		expect(said.toString()).toMatch(/^HTTP\/1.1 200 /);
		other.destroy();
	});
});
