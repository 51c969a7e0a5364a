import type { BrokerOptions, Middleware } from "moleculer";
import { callerTokens } from "../callers/caller-tokens.middleware.ts";
import { serviceKeys } from "../callers/service-keys.ts";
import { contracts } from "../contracts.middleware.ts";
import { deadlines } from "../deadlines.middleware.ts";
import { chooseBus } from "../events/choose-bus.ts";
import type { BusMaker } from "../events/choose-bus.ts";
import { eventBus } from "../events/local-bus.ts";
import { metrics } from "../metrics/metrics.middleware.ts";
import { clusterOptions } from "./cluster-options.ts";
import { config } from "./config.ts";
import { nodeId } from "./node-id.ts";

/** What runs when a stop begins gets this long. */
const SHUTDOWN_TIMEOUT_MS = 10_000;
const CACHED_ENTRIES = 10_000;

/** pino takes the error before the text; after it, as Moleculer and its services write, it would be dropped. */
function logMethod(this: unknown, parts: unknown[], log: (...parts: unknown[]) => void): void {
	const [text, error, ...rest] = parts;
	log.apply(this, typeof text === "string" && error instanceof Error ? [{ err: error }, text, ...rest] : parts);
}

/**
 * The options of a node's broker, in the shape that the environment asks for.
 *
 * @param services what runs on this node, or `operator` for a command that joins
 * @param bus for a node without services, which needs none of the environment's
 * @throws ConfigInvalid with every problem at once
 */
export async function brokerOptions(
	env: NodeJS.ProcessEnv,
	services: readonly string[],
	bus?: BusMaker,
): Promise<BrokerOptions> {
	const { redisUrl, namespace, logLevel, hasMetrics } = config(env);
	const outermost = [eventBus(bus ?? (await chooseBus(env))), ...(hasMetrics ? [metrics()] : [])];
	return {
		namespace,
		nodeID: nodeId(services),
		logger: { type: "Pino", options: { level: logLevel, pino: { options: { hooks: { logMethod } } } } },
		internalMiddlewares: false,
		tracking: { enabled: true, shutdownTimeout: SHUTDOWN_TIMEOUT_MS },
		...(redisUrl === undefined
			? laptopOptions(outermost)
			: clusterOptions({ redisUrl, callers: callerTokens({ keys: serviceKeys(services, env) }), outermost })),
	};
}

/**
 * The laptop shape: nothing is remote, so no transporter, breaker, retry, bulkhead or built-in metrics (they cost
 * 24–83 µs a request). What stays: hooks, validation of the framework's own actions, tracking of open
 * requests so that a stop drains them, and the contracts.
 */
const laptopOptions = (outermost: readonly Middleware[]): BrokerOptions => ({
	cacher: { type: "MemoryLRU", options: { max: CACHED_ENTRIES } },
	middlewares: [
		...["ActionHook", "Validator"],
		deadlines(),
		"Cacher",
		contracts(),
		...["ContextTracker", "ErrorHandler"],
		...outermost,
	],
});
