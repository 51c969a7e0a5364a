import type { ServiceBroker } from "moleculer";
import { Counter, Gauge, Histogram } from "./metric.ts";
import type { Metric } from "./metric.ts";

/** Asks for values that take a moment, such as what a table holds, and sets them; it shows its own failures. */
export type Sampling = () => Promise<void>;

/** A scraper that asks more often than this gets what was sampled last. */
const SAMPLE_AT_MOST_EVERY_MS = 1_000;

/** The metrics of one broker: several may live in one process. A metric is made where it is first asked for. */
export class MetricRegistry {
	readonly #metrics = new Map<string, Metric>();
	readonly #samplings: Sampling[] = [];
	#sampledAtMs = -Infinity;
	#isSampling = false;

	/** @param name ends in `_total` */
	counter(name: string, help: string, labelNames: readonly string[] = []): Counter {
		return this.#once(name, () => new Counter(name, help, labelNames));
	}

	gauge(name: string, help: string, labelNames: readonly string[] = []): Gauge {
		return this.#once(name, () => new Gauge(name, help, labelNames));
	}

	/** @param name ends in `_seconds` */
	histogram(name: string, help: string, labelNames: readonly string[] = []): Histogram {
		return this.#once(name, () => new Histogram(name, help, labelNames));
	}

	/** Has a question asked again from time to time, beside the scrapes. */
	sampling(sample: Sampling): void {
		this.#samplings.push(sample);
	}

	/**
	 * Asks every question again, unless that is going on or was done a moment ago. No scrape waits for it.
	 *
	 * @param nowMs a clock that never goes back
	 */
	async sample(nowMs: number = performance.now()): Promise<void> {
		if (this.#isSampling || nowMs - this.#sampledAtMs < SAMPLE_AT_MOST_EVERY_MS) return;
		this.#isSampling = true;
		this.#sampledAtMs = nowMs;
		await Promise.allSettled(this.#samplings.map((ask) => ask()));
		this.#isSampling = false;
	}

	all(): Metric[] {
		return [...this.#metrics.values()];
	}

	#once<M extends Metric>(name: string, create: () => M): M {
		const metric = this.#metrics.get(name) ?? create();
		this.#metrics.set(name, metric);
		return metric as M;
	}
}

const registries = new WeakMap<ServiceBroker, MetricRegistry>();

/** Gives a broker its metrics before its services are created. */
export function keepMetrics(broker: ServiceBroker): void {
	registries.set(broker, new MetricRegistry());
}

/** The metrics of a broker; undefined where metrics are switched off, so that whoever has something to tell does nothing. */
export const metricsOf = (broker: ServiceBroker): MetricRegistry | undefined => registries.get(broker);
