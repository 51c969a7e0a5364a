import { createServer, STATUS_CODES } from "node:http";
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import type { DomainError } from "../../contracts/errors.ts";
import { HeadersTooLarge, MalformedRequest, RequestTimedOut } from "../../contracts/platform.ts";
import { problemOf } from "../../contracts/problem.ts";
import type { Gateway, Request } from "../gateway.context.ts";
import { newRequestId } from "./new-request-id.ts";

/**
 * How long a client may take: to send its header fields, its whole request, and its next request. Load
 * balancers keep idle connections for 60 s, so ours live longer: the side that closes must be theirs.
 */
const TIMES = {
	headersTimeout: 10_000,
	requestTimeout: 30_000,
	keepAliveTimeout: 65_000,
	connectionsCheckingInterval: 2_000,
};
const MAX_HEADERS = 100;

/** A server that gives slow and malformed clients a bounded time and a proper answer. */
export function openServer(gateway: Gateway): Server {
	const server = createServer({ ...TIMES, maxHeaderSize: 16_384 }, (req, res) => {
		void gateway.httpHandler(req as Request, res);
	});
	server.maxHeadersCount = MAX_HEADERS;
	server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
		answerClientError(error, socket, newRequestId());
	});
	return server;
}

/** What never became a request: answered on the bare socket, which is then of no more use. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex, requestId: string): void {
	if (error.code === "ECONNRESET" || !socket.writable) {
		socket.destroy();
		return;
	}
	const refusal = refusalOfClient(error.code);
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

function refusalOfClient(code: string | undefined): DomainError {
	if (code === "HPE_HEADER_OVERFLOW") return new HeadersTooLarge();
	if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new RequestTimedOut();
	return new MalformedRequest();
}
