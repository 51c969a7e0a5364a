import { createServer, STATUS_CODES } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Duplex } from "node:stream";
import type { DomainError } from "../../contracts/errors.ts";
import { HeadersTooLarge, MalformedRequest, RequestTimedOut } from "../../contracts/platform.ts";
import { problemOf } from "../../contracts/problem.ts";
import type { Gateway, Request } from "../gateway.context.ts";
import { newRequestId } from "./new-request-id.ts";
import { SERVER_LIMITS } from "./server-limits.ts";
import type { Identity } from "./tls-identity.ts";

const MAX_HEADERS = 100;
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * A server that gives slow and malformed clients a bounded time and a proper answer.
 *
 * @param identity makes it speak HTTPS
 */
export function openServer(gateway: Gateway, identity?: Identity): Server {
	const answer = (req: IncomingMessage, res: ServerResponse) => void gateway.httpHandler(req as Request, res);
	// The missing host is refused with all other malformed requests.
	const options = { ...SERVER_LIMITS, requireHostHeader: false };
	const secure = { ...options, ...identity, handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
	const server = identity ? createSecureServer(secure, answer) : createServer(options, answer);
	server.maxHeadersCount = MAX_HEADERS;
	server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
		answerClientError(error, socket, newRequestId());
	});
	// A tunnel is for proxies; without a listener Node hangs up on who asks for one.
	server.on("connect", (_req, socket) => refuseTunnel(socket));
	return server;
}

/** Node has let go of this socket: its errors and its end are ours alone, and closing the server does not know it. */
function refuseTunnel(socket: Duplex): void {
	socket.on("error", () => socket.destroy());
	socket.on("finish", () => socket.destroy());
	answerClientError(new Error("CONNECT"), socket, newRequestId());
}

/** A handshake that failed: there is nobody yet to whom something could be said. */
const NO_HANDSHAKE = /^ERR_(SSL|TLS)_/;

/** What never became a request: answered on the bare socket, which is then of no more use. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, requestId: string): void {
	const { code = "" } = error;
	if (code === "ECONNRESET" || NO_HANDSHAKE.test(code) || !socket.writable) {
		socket.destroy();
		return;
	}
	const refusal = refusalOfClient(code);
	const body = JSON.stringify(problemOf(refusal, requestId));
	const lines = [
		`HTTP/1.1 ${refusal.code} ${STATUS_CODES[refusal.code] ?? ""}`,
		"Connection: close",
		"Content-Type: application/problem+json; charset=utf-8",
		`Content-Length: ${Buffer.byteLength(body)}`,
		`X-Request-ID: ${requestId}`,
	];
	socket.end(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

function refusalOfClient(code: string): DomainError {
	if (code === "HPE_HEADER_OVERFLOW") return new HeadersTooLarge();
	if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new RequestTimedOut();
	return new MalformedRequest();
}
