import { afterEach, describe, expect, it } from "@jest/globals";
import { ServiceBroker } from "moleculer";
import type { BrokerOptions } from "moleculer";
import { z } from "zod";
import { defineAction } from "../../services/contracts/action.ts";
import { defineError } from "../../services/contracts/errors.ts";
import { contracts } from "../contracts.middleware.ts";
import { defineService, internal } from "../define-service.ts";
import { Counter, Gauge, Histogram, MAX_SERIES } from "./metric.ts";
import type { Metric } from "./metric.ts";
import { metrics } from "./metrics.middleware.ts";
import { metricsOf, MetricRegistry } from "./registry.ts";

const BellBroken = defineError("BELL_BROKEN", 409, "The bell is broken. Mend it.");
const BellBusy = defineError("BELL_BUSY", 503, "The bell rings already. Try again.", { retryable: true });
const Ring = defineAction("bells.ring", {
	summary: "Rings.",
	params: z.object({ times: z.int() }),
	result: z.null(),
});

/** `name{label="value",…}` and the value of each series. */
const readingsOf = (metric: Metric): Record<string, number> =>
	Object.fromEntries(
		metric.get().values.map(({ metricName, labels, value }) => {
			const pairs = Object.entries(labels).map(([name, label]) => `${name}=${label}`);
			return [`${metricName ?? metric.name}{${pairs.join()}}`, value];
		}),
	);

describe("a metric", () => {
	it("counts each combination of label values by itself", () => {
		const counter = new Counter("rings_total", "Rings.", ["tower", "bell"]);
		counter.of("north", "big").inc();
		counter.of("north", "big").inc(2);
		counter.of("south", "big").inc();

		expect(readingsOf(counter)).toEqual({
			"rings_total{tower=north,bell=big}": 3,
			"rings_total{tower=south,bell=big}": 1,
		});
	});

	it("has so many series and no more: what comes later is counted as other", () => {
		const counter = new Counter("rings_total", "Rings.", ["bell"]);
		for (let bell = 0; bell < MAX_SERIES + 50; bell += 1) counter.of(`bell-${bell}`).inc();

		expect(counter.get().values).toHaveLength(MAX_SERIES + 1);
		expect(readingsOf(counter)["rings_total{bell=other}"]).toBe(50);
	});

	it("puts a duration into the bucket of its bound, counted upwards as Prometheus does", () => {
		const histogram = new Histogram("ringing_seconds", "Ringing.");
		for (const seconds of [0.0005, 0.0006, 3, 60]) histogram.of().observe(seconds);

		const readings = readingsOf(histogram);
		expect(readings["ringing_seconds_bucket{le=0.0005}"]).toBe(1);
		expect(readings["ringing_seconds_bucket{le=0.001}"]).toBe(2);
		expect(readings["ringing_seconds_bucket{le=2.5}"]).toBe(2);
		expect(readings["ringing_seconds_bucket{le=5}"]).toBe(3);
		expect(readings["ringing_seconds_bucket{le=10}"]).toBe(3);
		expect(readings["ringing_seconds_bucket{le=+Inf}"]).toBe(4);
		expect(readings["ringing_seconds_count{}"]).toBe(4);
		expect(readings["ringing_seconds_sum{}"]).toBeCloseTo(63.0011);
	});

	it("reads a level at the moment of the scrape, and shows none that was removed", () => {
		const gauge = new Gauge("bells", "Bells.", ["tower"]);
		let bells = 1;
		gauge.of("north").set(() => bells);
		gauge.of("south").set(7);
		bells = 2;
		gauge.remove("south");

		expect(readingsOf(gauge)).toEqual({ "bells{tower=north}": 2 });
	});
});

describe("a registry", () => {
	it("gives the same metric to all who ask for its name", () => {
		const registry = new MetricRegistry();

		expect(registry.counter("rings_total", "Rings.")).toBe(registry.counter("rings_total", "Rings."));
		expect(registry.all()).toHaveLength(1);
	});

	it("asks no more than once a second, and never while an answer is outstanding", async () => {
		const registry = new MetricRegistry();
		let asked = 0;
		let answer = (): void => undefined;
		registry.sampling(() => {
			asked += 1;
			return new Promise((resolve) => (answer = resolve));
		});

		const first = registry.sample(10_000);
		await registry.sample(20_000);
		expect(asked).toBe(1);

		answer();
		await first;
		await registry.sample(10_999);
		expect(asked).toBe(1);
		void registry.sample(11_000);
		expect(asked).toBe(2);
	});

	it("goes on asking when one question fails", async () => {
		const registry = new MetricRegistry();
		registry.sampling(() => Promise.reject(new Error("the tower fell")));

		await registry.sample(10_000);
		await expect(registry.sample(20_000)).resolves.toBeUndefined();
	});
});

describe("the metrics middleware", () => {
	let broker: ServiceBroker;
	afterEach(() => broker.stop());

	let answers: (() => null)[] = [];
	const bells = defineService({
		name: "bells",
		actions: {
			ring: internal(Ring, async () => (answers.shift() ?? (() => null))()),
			hidden: { visibility: "private", handler: () => null },
		},
	});
	const fail = (error: Error) => () => {
		throw error;
	};

	async function start(options: BrokerOptions = {}): Promise<(name: string) => Record<string, number>> {
		broker = new ServiceBroker({ logger: false, middlewares: [contracts(), metrics()], ...options });
		broker.createService(bells);
		await broker.start();
		return (name) =>
			readingsOf(
				metricsOf(broker)
					?.all()
					.find((metric) => metric.name === name) as Metric,
			);
	}
	const ring = (times: unknown = 1) => broker.call("bells.ring", { times });

	it("counts and times every call by service and action", async () => {
		const read = await start();
		await ring();
		await ring();

		expect(read("stoa_action_requests_total")).toEqual({
			"stoa_action_requests_total{service=bells,action=bells.ring}": 2,
		});
		expect(read("stoa_action_duration_seconds")).toMatchObject({
			"stoa_action_duration_seconds_count{service=bells,action=bells.ring}": 2,
		});
		expect(read("stoa_action_errors_total")).toEqual({});
	});

	it.each([
		["a refusal", fail(new BellBroken()), "code=409,type=BELL_BROKEN"],
		["a bug", fail(new TypeError("bell is undefined")), "code=500,type=INTERNAL"],
		[
			"an error whose type is no name",
			fail(Object.assign(new Error(), { type: "bell 7", code: 400 })),
			"code=500,type=INTERNAL",
		],
		[
			"an error with a code of its own",
			fail(Object.assign(new Error(), { type: "BAD", code: "42P01" })),
			"code=500,type=INTERNAL",
		],
	])("counts %s by code and type", async (_what, answer, labels) => {
		const read = await start();
		answers = [answer];
		await ring().catch(() => undefined);

		expect(read("stoa_action_errors_total")).toEqual({
			[`stoa_action_errors_total{service=bells,action=bells.ring,${labels}}`]: 1,
		});
	});

	it("counts what the contract refuses, being outermost", async () => {
		const read = await start();
		await ring("twice").catch(() => undefined);

		expect(Object.keys(read("stoa_action_errors_total"))).toEqual([
			"stoa_action_errors_total{service=bells,action=bells.ring,code=422,type=VALIDATION_FAILED}",
		]);
	});

	it("counts a call that Moleculer sends again", async () => {
		const read = await start({
			retryPolicy: { enabled: true, retries: 2, delay: 1, check: (error) => "retryable" in error },
		});
		answers = [fail(new BellBusy()), fail(new BellBusy())];
		await ring();

		expect(read("stoa_calls_retried_total")).toEqual({
			"stoa_calls_retried_total{service=bells,action=bells.ring}": 2,
		});
	});

	it("leaves alone what no other service can call, and the framework's own", async () => {
		const read = await start();
		await broker.call("$node.list");

		expect(Object.keys(read("stoa_action_requests_total")).join()).not.toMatch(/hidden|node/);
	});

	it("costs nothing where it is not installed", async () => {
		await start({ middlewares: [contracts()] });

		expect(metricsOf(broker)).toBeUndefined();
	});
});
