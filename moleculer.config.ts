import type { BrokerOptions } from "moleculer";
import { contracts } from "./mixins/contracts.middleware.ts";
import { eventBus, LocalBus } from "./mixins/events/local-bus.ts";

/** pino takes the error before the text; after it, as Moleculer and its services write, it would be dropped. */
function logMethod(this: unknown, parts: unknown[], log: (...parts: unknown[]) => void): void {
	const [text, error, ...rest] = parts;
	log.apply(this, typeof text === "string" && error instanceof Error ? [{ err: error }, text, ...rest] : parts);
}

/**
 * The broker of the laptop shape: nothing is remote, so no transporter, breaker, retry, bulkhead or built-in
 * metrics (they cost 24–83 µs a request). What stays: hooks, validation of the framework's own actions,
 * tracking of open requests so that a stop drains them, and the contracts.
 */
const config: BrokerOptions = {
	namespace: "stoa",
	logger: {
		type: "Pino",
		options: { level: process.env.LOG_LEVEL || "warn", pino: { options: { hooks: { logMethod } } } },
	},
	internalMiddlewares: false,
	middlewares: [
		contracts(),
		"ActionHook",
		"Validator",
		"ContextTracker",
		"ErrorHandler",
		eventBus(() => new LocalBus()),
	],
	tracking: { enabled: true, shutdownTimeout: 10_000 },
};

export default config;
