import { literalOf, reachOf } from "./addresses.ts";
import type { Reach } from "./addresses.ts";

/** Where requests to addresses that outsiders gave may go, besides https on port 443 of public addresses. */
export interface OutboundRules {
	/** Loopback is open, over plain http too: on a laptop, where a developer tries his receiver. */
	readonly isLoopbackOpen: boolean;
	/** Origins, e.g. `https://erp.internal:8443`, that may have any port and an address of the own network. */
	readonly allowedOrigins: ReadonlySet<string>;
}

/** How a URL says that its port is the one of its scheme. */
const DEFAULT_PORT = "";
const MAX_LENGTH = 2_000;
const LOOPBACK_HOST = /^((.+\.)?localhost\.?|127(\.\d+){3}|\[::1\])$/;

/**
 * What is wrong with a URL before any name is looked up, in words for whoever sent it; undefined when nothing is.
 * A name may still have a refused address: that is found out when it is used, every time.
 */
export function problemOf(given: string, rules: OutboundRules): string | undefined {
	if (given.length > MAX_LENGTH || !URL.canParse(given)) return "must be a URL such as https://shop.example/hooks";
	const url = new URL(given);
	if (url.username !== "" || url.password !== "") return "must not contain a user or password";
	if (url.hash !== "") return "must not have a fragment";
	return doorProblem(url, rules) ?? literalProblem(url, rules);
}

function doorProblem(url: URL, rules: OutboundRules): string | undefined {
	if (isLocal(url, rules) || rules.allowedOrigins.has(url.origin)) return undefined;
	if (url.protocol !== "https:") return "must begin with https://";
	return url.port === DEFAULT_PORT ? undefined : "must use port 443";
}

function literalProblem(url: URL, rules: OutboundRules): string | undefined {
	const literal = literalOf(url);
	if (literal === undefined || mayConnect(literal, url, rules)) return undefined;
	return "must not lead to an address that is not public";
}

/** Loopback by its own name or number, where it is open; another name that only resolves to it is not. */
function isLocal({ protocol, hostname }: URL, { isLoopbackOpen }: OutboundRules): boolean {
	return isLoopbackOpen && /^https?:$/.test(protocol) && LOOPBACK_HOST.test(hostname);
}

/** Whether an IP address may be connected to for this URL. */
export function mayConnect(address: string, url: URL, rules: OutboundRules): boolean {
	const reach: Reach = reachOf(address);
	if (reach === "public") return true;
	if (reach === "never") return false;
	return rules.allowedOrigins.has(url.origin) || (reach === "loopback" && isLocal(url, rules));
}
