import { addressKey } from "../../../mixins/address-key.ts";
import { MethodNotAllowed, NotFound } from "../../contracts/errors.ts";
import { MalformedRequest, SERVICES, ServiceUnavailable } from "../../contracts/platform.ts";
import { preflightHeaders } from "../domain/cors.ts";
import type { Gateway, Request, Response } from "../gateway.context.ts";
import { openExchange } from "../http/exchange.ts";
import { send } from "../http/answer.ts";
import { dropRest } from "../http/body.ts";

/** Every request comes in here, and leaves with one answer. */
export async function handleRequest(this: Gateway, req: Request, res: Response): Promise<void> {
	this.inFlight += 1;
	req.exchange = openExchange(this, req);
	try {
		await dispatch(this, req, res);
		if (req.exchange.download !== undefined) await req.exchange.download;
	} catch (error) {
		this.refuse(req, res, error);
	} finally {
		if (req.exchange.uploadId !== undefined) this.uploads.close(req.exchange.uploadId);
		dropRest(req);
		this.inFlight -= 1;
		if (this.inFlight === 0) this.onIdle?.();
	}
}

async function dispatch(gateway: Gateway, req: Request, res: Response): Promise<void> {
	const { exchange } = req;
	requireOwnPath(req);
	const found = gateway.table.match(exchange.method, exchange.path);
	if (found === undefined) {
		await answerUnrouted(gateway, req, res);
		return;
	}

	exchange.route = found.route.path;
	exchange.pathParams = found.params;
	req.$alias = found.route.alias;
	await (gateway.actions.rest as RestAction)({ req, res }, { requestID: exchange.requestId });
}

/**
 * A path with a server in front of it (absolute-form) is for proxies, which we are not; and a server in front of us
 * may have read the other one of two hosts.
 *
 * @throws MalformedRequest
 */
function requireOwnPath({ exchange, rawHeaders, httpVersion }: Request): void {
	const isOwn = exchange.path.startsWith("/") || exchange.path === "*";
	const hosts = hostsOf(rawHeaders);
	if (!isOwn || hosts > 1 || (hosts === 0 && httpVersion === "1.1")) throw new MalformedRequest();
}

/** Counted in the raw fields (name, value, name, value): Node keeps one host and forgets the others. */
function hostsOf(rawHeaders: readonly string[]): number {
	let hosts = 0;
	for (let index = 0; index < rawHeaders.length; index += 2) {
		const name = rawHeaders[index] ?? "";
		if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
	}
	return hosts;
}

type RestAction = (params: object, options: object) => Promise<unknown>;

/** Pages, questions about a path, and paths that do not exist count by address: nobody was identified. */
async function answerUnrouted(gateway: Gateway, req: Request, res: Response): Promise<void> {
	const { method, path, address, headers } = req.exchange;
	const limit = await gateway.rateLimit(`address ${addressKey(address)}`);
	req.exchange.headers = [...headers, ...limit];

	const page = gateway.pages.answer(req.exchange, req.headers["if-none-match"]);
	if (page !== undefined) {
		send(gateway, req, res, page);
		return;
	}

	expectEveryService(gateway);
	const allowed = gateway.pages.has(path) ? ["GET", "HEAD"] : gateway.table.allowed(path);
	if (allowed.length === 0) throw new NotFound();
	if (method !== "OPTIONS") throw new MethodNotAllowed({ allowed });
	const answer = preflightHeaders(req.headers.origin, gateway.config.CORS_ORIGINS);
	send(gateway, req, res, { status: 204, headers: ["Allow", [...allowed, "OPTIONS"].join(", "), ...answer] });
}

/**
 * A gateway that has just started knows no routes of a service that is away, which says nothing of its paths.
 *
 * @throws ServiceUnavailable until each service was there once
 */
function expectEveryService({ acquainted }: Gateway): void {
	const isStranger = Object.keys(SERVICES).some((service) => !acquainted.has(service));
	if (isStranger) throw new ServiceUnavailable({ retryAfterSeconds: 1 });
}
