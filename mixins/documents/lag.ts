import type { ServiceBroker } from "moleculer";
import { metricsOf } from "../metrics/registry.ts";

/** A scraper that comes once a minute misses no peak. */
const WINDOW_MS = 60_000;

/** How long after a fact a projection shows it: the worst of the last minute, zero when nothing happened in it. */
export class Lag {
	#seconds = 0;
	#observedAtMs = -Infinity;

	/** @param occurredAt the fact's own moment, ISO 8601 @param now when the projection showed it */
	observe(occurredAt: string, now: Date): void {
		const seconds = Math.max(0, (now.getTime() - Date.parse(occurredAt)) / 1_000);
		if (seconds < this.seconds(now)) return;
		this.#seconds = seconds;
		this.#observedAtMs = now.getTime();
	}

	seconds(now: Date): number {
		return now.getTime() - this.#observedAtMs > WINDOW_MS ? 0 : this.#seconds;
	}
}

/** The lag of a projection, which is also the gauge `stoa_projection_lag_seconds` where there are metrics. */
export function lagOf(broker: ServiceBroker, projection: string): Lag {
	const lag = new Lag();
	metricsOf(broker)
		?.gauge("stoa_projection_lag_seconds", "Worst time from a fact to its projection in the last minute.", [
			"projection",
		])
		.of(projection)
		.set(() => lag.seconds(new Date()));
	return lag;
}
