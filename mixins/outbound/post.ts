import { Agent as HttpAgent, request as requestHttp } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { failureOf, OutboundFailed } from "./outbound-failed.ts";
import { checkedAddresses, systemResolver } from "./resolve.ts";
import type { Resolver } from "./resolve.ts";
import { problemOf } from "./rules.ts";
import type { OutboundRules } from "./rules.ts";

export interface OutboundRequest {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Buffer;
}

export interface OutboundOptions {
	readonly rules: OutboundRules;
	/** For everything together: the name, the connection, the answer. */
	readonly timeoutMs?: number;
	/** What is read of the answer's body; the rest is left with whoever sent it. */
	readonly maxBytes?: number;
	/** Aborted when the answer is not wanted any more. */
	readonly signal?: AbortSignal;
	readonly resolve?: Resolver;
}

export interface OutboundAnswer {
	/** Any, redirects too: none is followed. */
	readonly status: number;
	readonly headers: IncomingHttpHeaders;
	/** At most `maxBytes` of it. */
	readonly body: Buffer;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 16 * 1024;

/**
 * Sends one POST to an address that an outsider gave, without becoming his way into our network (SSRF): every address
 * of the name is checked, the connection goes to a checked one, no redirect is followed and no proxy used.
 *
 * @throws OutboundFailed when there is no answer
 */
export async function postOutside(wanted: OutboundRequest, options: OutboundOptions): Promise<OutboundAnswer> {
	const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
	const signal = options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]);
	try {
		if (problemOf(wanted.url, options.rules) !== undefined) throw new OutboundFailed("ADDRESS_REFUSED");
		const url = new URL(wanted.url);
		const resolving = checkedAddresses(url, options.rules, options.resolve ?? systemResolver);
		const addresses = await Promise.race([resolving, aborted(signal)]);
		const response = await sent(url, wanted, pinnedTo(addresses), signal);
		const body = await bodyOf(response, options.maxBytes ?? MAX_BYTES);
		return { status: response.statusCode ?? 0, headers: response.headers, body };
	} catch (error) {
		throw signal.aborted ? new OutboundFailed("TIMED_OUT", error) : failureOf(error);
	}
}

/** A look-up in the system cannot be called off, but need not be waited for. */
const aborted = (signal: AbortSignal): Promise<never> =>
	new Promise((_, reject) => {
		const fail = () => reject(signal.reason as Error);
		if (signal.aborted) fail();
		signal.addEventListener("abort", fail, { once: true });
	});

/** Answers with the addresses that were checked, whatever the name has become. */
const pinnedTo =
	(addresses: LookupAddress[]): LookupFunction =>
	(_hostname, { all }, callback) => {
		const [first = { address: "", family: 4 }] = addresses;
		if (all === true) callback(null, addresses);
		else callback(null, first.address, first.family);
	};

/** An agent of its own for each request: no connection is shared, and no proxy of the environment is used. */
function sent(url: URL, { headers, body }: OutboundRequest, lookup: LookupFunction, signal: AbortSignal) {
	const isSecure = url.protocol === "https:";
	const agent = isSecure ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false });
	const length = { "accept-encoding": "identity", "content-length": String(Buffer.byteLength(body)) };
	const options: RequestOptions = { method: "POST", headers: { ...headers, ...length }, agent, lookup, signal };
	return new Promise<IncomingMessage>((resolve, reject) => {
		const request = isSecure ? requestHttps(url, options, resolve) : requestHttp(url, options, resolve);
		request.on("error", reject);
		// A connection that changes its protocol (101) closes without a word; after an answer or an error this is too late.
		request.on("close", () => reject(new OutboundFailed("ANSWER_INVALID")));
		request.end(body);
	});
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of response as AsyncIterable<Buffer>) {
		chunks.push(chunk);
		length += chunk.length;
		// Leaving the loop closes the connection.
		if (length >= maxBytes) break;
	}
	return Buffer.concat(chunks).subarray(0, maxBytes);
}
