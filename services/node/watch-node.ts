import type { ServiceBroker } from "moleculer";
import { busOf } from "../../mixins/events/local-bus.ts";
import type { MetricRegistry } from "../../mixins/metrics/registry.ts";
import { isConnected } from "./pages/health.ts";

/** What Moleculer's circuit breaker keeps of each endpoint it has called; there is none in the laptop shape. */
interface Breaker {
	readonly state: "close" | "open" | "half_open" | "half_open_wait";
	readonly service: { readonly name: string };
	readonly ep: { readonly action: { readonly name: string } };
}

type Breaking = ServiceBroker & { readonly CircuitBreakerStore?: ReadonlyMap<string, Breaker> };

/** Shows how the node stands with the others: its bus, its transporter, and the circuit breakers that it opened. */
export function watchNode(broker: Breaking, registry: MetricRegistry): void {
	const bus = registry.gauge("stoa_event_bus_healthy", "1 when facts get through, else 0.").of();
	bus.set(() => Number(busOf(broker).health() === "healthy"));
	const transporter = registry.gauge("stoa_transporter_connected", "1 when other nodes can be called, else 0.").of();
	transporter.set(() => Number(isConnected(broker)));

	const breakers = registry.gauge(
		"stoa_circuit_breakers_open",
		"Endpoints on which the circuit breaker of this node is not closed.",
		["service", "action"],
	);
	// Asked, and not heard of: Moleculer tells `$circuit-breaker.opened` to every node that listens, over the transporter.
	registry.sampling(async () => {
		const open = [...(broker.CircuitBreakerStore?.values() ?? [])].filter(({ state }) => state !== "close");
		breakers.clear();
		for (const [action, endpoints] of Map.groupBy(open, ({ ep }) => ep.action.name)) {
			breakers.of(endpoints[0]?.service.name ?? "", action).set(endpoints.length);
		}
	});
}
