import type { IncomingMessage } from "node:http";
import { isIP } from "node:net";
import proxyAddr from "proxy-addr";
import { plainAddress } from "../domain/address.ts";
import { corsHeaders } from "../domain/cors.ts";
import { requestIdOf } from "../domain/request-id.ts";
import type { Gateway } from "../gateway.context.ts";
import type { ClientReader, Exchange } from "./exchange.context.ts";
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
		...gateway.clientOf(req),
		route: "-",
		pathParams: {},
		principal: undefined,
		operationKey: undefined,
		uploadId: undefined,
		download: undefined,
		headers: ["X-Request-ID", requestId, ...corsHeaders(headers.origin, gateway.config.CORS_ORIGINS)],
	};
}

/**
 * Reads the client's address and scheme: the peer's own, unless the peer is a trusted proxy, whose X-Forwarded-For
 * and X-Forwarded-Proto then name them. What anybody else writes into these means nothing.
 *
 * @param trusted addresses and CIDR ranges
 */
export function clientReader(trusted: readonly string[]): ClientReader {
	const peer = ({ socket }: IncomingMessage) => plainAddress(socket.remoteAddress ?? "unknown");
	if (trusted.length === 0) return (req) => ({ address: peer(req), scheme: ownScheme(req) });

	const isTrusted = proxyAddr.compile([...trusted]);
	return (req) => {
		const named = proxyAddr(req, isTrusted);
		const address = isIP(named) === 0 ? peer(req) : plainAddress(named);
		const isForwarded = isTrusted(peer(req), 0) && SECURE.test(String(req.headers["x-forwarded-proto"]));
		return { address, scheme: isForwarded ? "secure" : ownScheme(req) };
	};
}

/** The first of a list of proxies is the one that the client met. */
const SECURE = /^https\s*(,|$)/i;

const ownScheme = ({ socket }: IncomingMessage): Exchange["scheme"] => ("encrypted" in socket ? "secure" : "plain");
