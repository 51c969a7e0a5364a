import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import proxyAddr from "proxy-addr";
import { plainAddress } from "../domain/address.ts";
import { corsHeaders } from "../domain/cors.ts";
import { requestIdOf } from "../domain/request-id.ts";
import type { Gateway } from "../gateway.context.ts";
import type { Exchange } from "./exchange.context.ts";
import { newRequestId } from "./new-request-id.ts";

/** Begins the record of a request with what its first line and header fields say. */
export function openExchange(gateway: Gateway, req: IncomingMessage): Exchange {
	const { url = "/", method = "GET", headers } = req;
	const requestId = requestIdOf(headers["x-request-id"], newRequestId);
	const question = url.indexOf("?");
	const path = question === -1 ? url : url.slice(0, question);

	return {
		requestId,
		startedMs: performance.now(),
		method,
		path: path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path,
		search: question === -1 ? "" : url.slice(question + 1),
		address: gateway.addressOf(req),
		route: "-",
		pathParams: {},
		principal: undefined,
		operationKey: undefined,
		headers: ["X-Request-ID", requestId, ...corsHeaders(headers.origin, gateway.config.CORS_ORIGINS)],
	};
}

/**
 * Reads the client's address: the peer's own, unless the peer is a trusted proxy, whose X-Forwarded-For
 * then names it. What anybody else writes into that header means nothing.
 *
 * @param trusted addresses and CIDR ranges
 */
export function addressReader(trusted: readonly string[]): (req: IncomingMessage) => string {
	const peer = ({ socket }: IncomingMessage) => plainAddress(socket.remoteAddress ?? "unknown");
	if (trusted.length === 0) return peer;

	const isTrusted = proxyAddr.compile([...trusted]);
	return (req) => {
		const named = proxyAddr(req, isTrusted);
		return isIP(named) === 0 ? peer(req) : plainAddress(named);
	};
}
