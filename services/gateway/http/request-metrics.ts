import type { MetricRegistry } from "../../../mixins/metrics/registry.ts";
import type { RequestLog } from "./request-log.ts";

/** Counts what the log writes down: each answer by the pattern of its route, never by its path. */
export function measured(log: RequestLog, metrics: MetricRegistry | undefined): RequestLog {
	if (metrics === undefined) return log;
	const requests = metrics.counter("stoa_http_requests_total", "Requests answered by the gateway.", [
		"method",
		"route",
		"status",
	]);
	const durations = metrics.histogram("stoa_http_request_duration_seconds", "How long the gateway took to answer.", [
		"method",
		"route",
	]);

	return {
		write(exchange, status) {
			const { method, route, startedMs } = exchange;
			requests.of(method, route, String(status)).inc();
			durations.of(method, route).observe((performance.now() - startedMs) / 1_000);
			log.write(exchange, status);
		},
		close: () => log.close(),
	};
}
