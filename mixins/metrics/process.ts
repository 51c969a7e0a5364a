import { monitorEventLoopDelay } from "node:perf_hooks";
import type { MetricRegistry } from "./registry.ts";

/** The loop is looked at this often; what it is late by is its lag. */
const LOOK_EVERY_MS = 20;
const NS_PER_SECOND = 1e9;
const US_PER_SECOND = 1e6;

/**
 * Shows how this process does, by the names that dashboards for Node.js know.
 *
 * @returns a function that ends the watch
 */
export function watchProcess(registry: MetricRegistry): () => void {
	const gauge = (name: string, help: string, read: () => number) => {
		registry.gauge(name, help).of().set(read);
	};
	const cpu = registry.counter("process_cpu_seconds_total", "CPU time of the process, user and system.").of();
	gauge("process_start_time_seconds", "When the process started, in Unix time.", () => performance.timeOrigin / 1_000);
	gauge("process_resident_memory_bytes", "Memory of the process.", () => process.memoryUsage.rss());
	gauge("nodejs_heap_size_used_bytes", "Heap in use.", () => process.memoryUsage().heapUsed);
	gauge("nodejs_heap_size_total_bytes", "Heap allocated.", () => process.memoryUsage().heapTotal);

	const loop = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
	const late = (ns: number) => Math.max(0, ns / NS_PER_SECOND - LOOK_EVERY_MS / 1_000);
	const p99 = registry.gauge("nodejs_eventloop_lag_p99_seconds", "Lag of the event loop since the last sample.").of();
	const max = registry.gauge("nodejs_eventloop_lag_max_seconds", "Longest lag since the last sample.").of();
	loop.enable();
	registry.sampling(async () => {
		p99.set(late(loop.percentile(99)));
		max.set(late(loop.max));
		loop.reset();
		const { user, system } = process.cpuUsage();
		cpu.inc((user + system) / US_PER_SECOND - cpu.value);
	});
	return () => loop.disable();
}
