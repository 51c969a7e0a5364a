import { Duplex } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { openServer } from "./server.ts";

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
