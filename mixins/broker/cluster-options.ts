import type { BrokerOptions, Middleware } from "moleculer";
import { contracts } from "../contracts.middleware.ts";
import { deadlines } from "../deadlines.middleware.ts";
import { BREAKER, breaker } from "./breaker.middleware.ts";
import { RedisCacher } from "./redis-cacher.ts";
import { RedisDiscoverer } from "./redis-discoverer.ts";
import { redisOptions } from "./redis-options.ts";
import { RedisTransporter } from "./redis-transporter.ts";
import { retries } from "./retries.middleware.ts";

/** A call answers in milliseconds or is in trouble; what may take longer says so where it is published or called. */
const REQUEST_TIMEOUT_MS = 5_000;

/**
 * Of each action, so many run at the same time on a node and so many wait; the next one is turned away, unbegun. An
 * action does not wait for a place of its own while it holds one, since no chain of calls leads back to its start.
 */
const BULKHEAD = { enabled: true, concurrency: 100, maxQueueSize: 1_000 };

export interface ClusterNode {
	/** `redis://` or `rediss://`. */
	readonly redisUrl: string;
	/** Makes nodes know each other; without it they call whom they like. */
	readonly callers?: Middleware;
	readonly outermost: readonly Middleware[];
}

/**
 * One node of a cluster. The middlewares stand from the inside out, and their order is what makes them work: the
 * breaker sees time-outs only outside of Timeout (Moleculer's own order has it inside, where it never
 * opens: moleculer #1202), the cache sees parsed parameters, and each try of a call brings a fresh token.
 *
 * Nodes take turns: the use of their processors is known two seconds late, and all callers at once would
 * choose the one that was idle then.
 */
export const clusterOptions = ({ redisUrl, callers, outermost }: ClusterNode): BrokerOptions => ({
	transporter: new RedisTransporter(redisOptions(redisUrl)),
	registry: { strategy: "RoundRobin", preferLocal: true, discoverer: new RedisDiscoverer(redisOptions(redisUrl)) },
	cacher: new RedisCacher(redisOptions(redisUrl)),
	requestTimeout: REQUEST_TIMEOUT_MS,
	circuitBreaker: BREAKER,
	bulkhead: BULKHEAD,
	middlewares: [
		...["ActionHook", "Validator"],
		deadlines(),
		...["Bulkhead", "Cacher"],
		contracts(),
		...(callers === undefined ? [] : [callers]),
		...["ContextTracker", "Timeout"],
		breaker as unknown as Middleware,
		retries(),
		"ErrorHandler",
		...outermost,
	],
});
