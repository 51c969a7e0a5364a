import { hash } from "node:crypto";
import type { Context } from "moleculer";
import { addressKey } from "../../../mixins/address-key.ts";
import { TwoCredentials } from "../../contracts/errors.ts";
import type { Meta, Operation, Principal } from "../../contracts/meta.ts";
import type { MayAsk } from "../auth/remembered.ts";
import { expectedVersion } from "../domain/etag.ts";
import { canonical, requireKey, scopeText } from "../domain/idempotency.ts";
import { refusalFor } from "../domain/policy.ts";
import { isUnanswered } from "../domain/refusal.ts";
import type { Gateway, Request } from "../gateway.context.ts";
import { readParams } from "../http/read-params.ts";
import { refuseForeignVersion } from "../http/versions.ts";

/** A command must begin within this time; later, the client has long given up. */
const DEADLINE_MS = 30_000;
const MAX_USER_AGENT = 500;

/**
 * moleculer-web's `onBeforeCall`: who asks, how often, whether he may, and only then what he sent.
 * Nothing of a request reaches the call's meta but what is made here.
 */
export async function prepareCall(
	this: Gateway,
	ctx: Context<unknown, Meta>,
	_route: object,
	req: Request,
): Promise<void> {
	const { exchange, $action } = req;
	if (!isProbe(exchange.path)) await admit(this, req);

	const refusal = refusalFor($action.policy, exchange.principal, exchange.pathParams);
	if (refusal !== undefined) throw refusal;

	req.$params = await readParams(this, req);
	Object.assign(ctx.meta, metaOf(this, req));
}

const isRead = (method: string): boolean => method === "GET" || method === "HEAD";
const isProbe = (path: string): boolean => path === "/health" || path.startsWith("/health/");

/**
 * Counts by principal, else by address; a token that proves nothing counts by address as well. Anybody can make up API
 * keys, each of which is a question to users: an address that sent too many of them has none left.
 */
async function admit(gateway: Gateway, req: Request): Promise<void> {
	const { exchange } = req;
	const byAddress = `address ${addressKey(exchange.address)}`;
	const guesses = `guesses ${byAddress}`;
	try {
		exchange.principal = await principalOf(gateway, req, () => gateway.rateLimit(guesses, 0));
	} catch (error) {
		if (req.headers["x-api-key"] !== undefined && !isUnanswered(error)) await gateway.rateLimit(guesses);
		await gateway.rateLimit(byAddress);
		throw error;
	}
	const limit = await gateway.rateLimit(exchange.principal === undefined ? byAddress : counted(exchange.principal));
	if (limit.length > 0) exchange.headers = [...exchange.headers, ...limit];
}

const counted = ({ kind, userId }: Principal): string => `${kind ?? "user"} ${userId}`;

/**
 * An open command brings its own proof, as login and refresh do, and is not stopped by an old token that a client
 * sends with everything. An open question may know its asker, but stays open when users cannot be asked.
 */
async function principalOf(gateway: Gateway, req: Request, mayAskOfKey: MayAsk): Promise<Principal | undefined> {
	const { authorization, "x-api-key": key } = req.headers;
	if (authorization !== undefined && key !== undefined) throw new TwoCredentials();
	if (req.$action.policy !== "open") return gateway.authenticator(req.headers, mayAskOfKey);
	if (!isRead(req.exchange.method)) return undefined;
	return gateway.authenticator(req.headers, mayAskOfKey).catch((error: unknown) => {
		if (isUnanswered(error)) return undefined;
		throw error;
	});
}

function metaOf(gateway: Gateway, req: Request): Meta {
	const { address, method, principal } = req.exchange;
	const { "user-agent": userAgent, "if-match": ifMatch } = req.headers;
	const version = method === "PUT" || method === "DELETE" ? expectedVersion(ifMatch) : undefined;
	refuseForeignVersion(req.$action.name, version);
	return {
		address,
		...(userAgent !== undefined && { userAgent: userAgent.slice(0, MAX_USER_AGENT) }),
		...(principal !== undefined && { principal }),
		...(!isRead(method) && { operation: operationOf(gateway, req) }),
		...(version !== undefined && { expectedVersion: version }),
	};
}

function operationOf(gateway: Gateway, req: Request): Operation {
	const deadlineMs = gateway.now().getTime() + DEADLINE_MS;
	const header = req.headers["idempotency-key"];
	if (req.$action.idempotent !== true || typeof header !== "string") return { deadlineMs };

	const { address, method, principal, route } = req.exchange;
	const scope = { caller: principal?.userId ?? address, method, route, key: requireKey(header) };
	const key = hash("sha256", scopeText(scope));
	req.exchange.operationKey = key;
	return { key, fingerprint: hash("sha256", canonical(req.$params)), deadlineMs };
}
