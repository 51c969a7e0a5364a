import * as Moleculer from "moleculer";
import type { BrokerOptions, Middleware, ServiceBroker } from "moleculer";

type Factory = (broker: ServiceBroker) => Middleware;

/** Exported by Moleculer, and missing in its types. */
const { CircuitBreaker } = (Moleculer as unknown as { Middlewares: { CircuitBreaker: Factory } }).Middlewares;

/** Opens for an action of a node when 30 % of at least five calls within five seconds got no answer, for five seconds. */
export const BREAKER: NonNullable<BrokerOptions["circuitBreaker"]> = {
	enabled: true,
	threshold: 0.3,
	minRequestCount: 5,
	windowTime: 5,
	halfOpenTime: 5_000,
	check: gotNoAnswer,
};

/**
 * Moleculer's circuit breaker around calls to other nodes. Around the own actions it would, once open, turn away
 * whoever calls from outside, by a name that says the service does not exist.
 */
export const breaker: Factory = (broker) => ({ ...CircuitBreaker(broker), localAction: (next) => next });

/**
 * Only silence counts: an answer, even one that says 500, came from a node that is there, and would let a client
 * who knows how to provoke it close the action for everybody. An error with a node's name on it is such an answer,
 * also when it reports the silence of a third node.
 */
export function gotNoAnswer(error: Error & { readonly nodeID?: string }): boolean {
	return error.name === "RequestTimeoutError" && error.nodeID === undefined;
}
