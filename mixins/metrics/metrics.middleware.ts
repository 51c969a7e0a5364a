import type { ActionHandler, ActionSchema, Context, Middleware, Service, ServiceBroker } from "moleculer";
import { keepMetrics, metricsOf } from "./registry.ts";
import type { MetricRegistry } from "./registry.ts";

/** An action as the broker hands it to a middleware. */
type Action = ActionSchema & { readonly name: string; readonly service?: { readonly name: string } };

/** What is known of an error at the boundary; refusals are 4xx, whatever has no such fields is a fault of ours. */
type Failure = Partial<Readonly<Record<"type" | "code", unknown>>>;

const TYPE = /^[A-Z][A-Z0-9_]{0,63}$/;

/**
 * Counts the calls that this node answers, by service and action, and the calls it had to repeat. Last in the list
 * of middlewares it sees what all others refuse. Moleculer's own metrics cost 24–83 µs a request; this is measured
 * in nanoseconds, since a series is looked up when the action is created and not when it is called.
 */
export function metrics(): Middleware {
	return {
		name: "StoaMetrics",
		created: keepMetrics,
		localAction(this: ServiceBroker, next: ActionHandler, action: ActionSchema) {
			const registry = measuring(this, action as Action);
			return registry === undefined ? next : measured(next, action as Action, registry);
		},
		remoteAction(this: ServiceBroker, next: ActionHandler, action: ActionSchema) {
			const registry = measuring(this, action as Action);
			return registry === undefined ? next : counted(next, action as Action, registry);
		},
	};
}

/** The framework's own actions, and those no other service can call, are told by other metrics. */
function measuring(broker: ServiceBroker, { name, visibility }: Action): MetricRegistry | undefined {
	return name.startsWith("$") || visibility === "private" ? undefined : metricsOf(broker);
}

function measured(next: ActionHandler, action: Action, registry: MetricRegistry): ActionHandler {
	const labels = labelsOf(action);
	const requests = requestsOf(registry).of(...labels);
	const durations = durationsOf(registry).of(...labels);
	const errors = errorsOf(registry);
	const repeat = repeatOf(registry, labels);

	return async function (this: Service, ctx: Context) {
		const startedMs = performance.now();
		requests.inc();
		repeat(ctx);
		try {
			return (await next.call(this, ctx)) as unknown;
		} catch (error) {
			errors.of(...labels, ...kindOf(error as Failure)).inc();
			throw error;
		} finally {
			durations.observe((performance.now() - startedMs) / 1_000);
		}
	};
}

function counted(next: ActionHandler, action: Action, registry: MetricRegistry): ActionHandler {
	const repeat = repeatOf(registry, labelsOf(action));
	return function (this: Service, ctx: Context) {
		repeat(ctx);
		return next.call(this, ctx) as unknown;
	};
}

/** Moleculer's Retry calls again with the number of the attempt in the context; it does not travel to other nodes. */
function repeatOf(registry: MetricRegistry, labels: Labels): (ctx: object) => void {
	const retries = registry
		.counter("stoa_calls_retried_total", "Calls that this node sent again.", LABELS)
		.of(...labels);
	return (ctx) => {
		if ((ctx as { _retryAttempts?: number | null })._retryAttempts) retries.inc();
	};
}

type Labels = readonly [service: string, action: string];
const LABELS = ["service", "action"];

/** An action's name is `service.action` everywhere else; here the service has its own label. */
const labelsOf = ({ name, service }: Action): Labels => [service?.name ?? name.slice(0, name.lastIndexOf(".")), name];

const requestsOf = (registry: MetricRegistry) =>
	registry.counter("stoa_action_requests_total", "Calls of actions that this node answers.", LABELS);

const durationsOf = (registry: MetricRegistry) =>
	registry.histogram("stoa_action_duration_seconds", "How long actions take to answer.", LABELS);

const errorsOf = (registry: MetricRegistry) =>
	registry.counter("stoa_action_errors_total", "Calls answered with an error: refusals below 500, faults above.", [
		...LABELS,
		"code",
		"type",
	]);

/** Only what contracts and the framework define becomes a label; anything else would be a label without bounds. */
function kindOf({ type, code }: Failure): readonly [code: string, type: string] {
	const isKnown = typeof type === "string" && TYPE.test(type) && typeof code === "number" && code >= 400 && code < 600;
	return isKnown ? [String(code), type] : ["500", "INTERNAL"];
}
