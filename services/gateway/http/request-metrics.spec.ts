import { describe, expect, it } from "@jest/globals";
import { MetricRegistry } from "../../../mixins/metrics/registry.ts";
import type { Exchange } from "./exchange.context.ts";
import { measured } from "./request-metrics.ts";
import type { RequestLog } from "./request-log.ts";

const exchangeOf = (path: string) =>
	({ method: "GET", route: "/orders/:id", path, startedMs: performance.now() - 20 }) as Exchange;

function listening() {
	const written: number[] = [];
	const log: RequestLog = { write: (_exchange, status) => written.push(status), close: () => Promise.resolve() };
	return { log, written };
}

describe("the gateway's metrics", () => {
	it("count each answer by method, pattern and status, and time it; the log is written all the same", () => {
		const registry = new MetricRegistry();
		const { log, written } = listening();
		const counting = measured(log, registry);
		counting.write(exchangeOf("/orders/1"), 200);
		counting.write(exchangeOf("/orders/2"), 200);
		counting.write(exchangeOf("/orders/3"), 404);

		const [requests, durations] = registry.all().map((metric) => metric.get());
		expect(requests?.values).toEqual([
			{ labels: { method: "GET", route: "/orders/:id", status: "200" }, value: 2 },
			{ labels: { method: "GET", route: "/orders/:id", status: "404" }, value: 1 },
		]);
		const total = durations?.values.find(({ metricName }) => metricName === "stoa_http_request_duration_seconds_sum");
		expect(total?.value).toBeGreaterThanOrEqual(0.06);
		expect(JSON.stringify([requests, durations])).not.toContain("/orders/1");
		expect(written).toEqual([200, 200, 404]);
	});

	it("are nothing where metrics are off", () => {
		const { log } = listening();

		expect(measured(log, undefined)).toBe(log);
	});
});
