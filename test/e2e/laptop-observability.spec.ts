import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { freePort } from "../support/premises.ts";
import { offered, questionOf } from "../support/promql.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";

const observability = join(import.meta.dirname, "../../observability");
const textOf = (path: string) => readFileSync(join(observability, path), "utf8");

interface Rules {
	groups: { rules: { alert: string; expr: string; annotations: { summary: string; action: string } }[] }[];
}

interface Dashboard {
	panels: { title: string; targets?: { expr: string }[] }[];
	templating: { list: { name: string; query: string }[] };
}

const alerts = readdirSync(join(observability, "prometheus/rules")).flatMap((file) =>
	(parse(textOf(`prometheus/rules/${file}`)) as Rules).groups.flatMap(({ rules }) => rules),
);
const dashboard = JSON.parse(textOf("grafana/dashboards/stoa.json")) as Dashboard;

const asked: (readonly [where: string, expression: string])[] = [
	...alerts.map(({ alert, expr }) => [`alert ${alert}`, expr] as const),
	...dashboard.panels.flatMap(({ title, targets = [] }) =>
		targets.map(({ expr }) => [`panel ${title}`, expr] as const),
	),
	...dashboard.templating.list.map(({ name, query }) => [`variable ${name}`, query] as const),
];

/** Of Prometheus itself: whether a scrape succeeded. */
const ITS_METRICS = ["up"];
/** What Prometheus adds to each target, and the kind of a finding, which is counted only after the first audit. */
const OTHER_LABELS = ["job", "instance", "kind"];

describe("alerts and dashboard", () => {
	let shop: Shop;
	let offer: ReturnType<typeof offered>;

	beforeAll(async () => {
		const port = await freePort();
		shop = await Shop.open({ USER_SERVICE_PORT: String(port) });
		const scrape = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
		const token = await shop.customerToken();
		await shop.send("GET", "/orders/unknown", { token });
		// The registry is counted and the databases are asked beside the scrapes.
		offer = offered(
			await until(async () => {
				const text = await scrape();
				return /^moleculer_nodes_total 1$/m.test(text) && /^stoa_outbox_pending\{/m.test(text) && text;
			}),
		);
	});
	afterAll(() => shop.close());

	it.each(asked)("%s asks for metrics that a node shows, by labels that they have", (_where, expression) => {
		const { metrics, labels } = questionOf(expression);

		expect(metrics.length).toBeGreaterThan(0);
		expect(metrics.filter((name) => !offer.metrics.has(name) && !ITS_METRICS.includes(name))).toEqual([]);
		expect(labels.filter((label) => !offer.labels.has(label) && !OTHER_LABELS.includes(label))).toEqual([]);
	});

	it.each([
		"StoaOutboxStuck",
		"StoaDeadLetters",
		"StoaSagasNeedAttention",
		"StoaIntegrityFindings",
		"StoaCircuitBreakerOpen",
		"StoaHttpErrorRatio",
		"StoaEventLoopLag",
	])("there is an alert %s, and each says what to do", (name) => {
		const found = alerts.find(({ alert }) => alert === name);

		expect(found?.annotations.summary).toBeTruthy();
		expect(found?.annotations.action).toBeTruthy();
	});
});

describe("reading an expression", () => {
	it.each([
		["rate(stoa_nothing_total[5m])", ["stoa_nothing_total"], []],
		[
			'sum by (le, route) (rate(a_bucket{status=~"5..",job!="b"}[$__rate_interval])) > 0.5',
			["a_bucket"],
			["status", "job", "le", "route"],
		],
		["sum(a) / sum(b) or vector(0)", ["a", "b"], []],
		["label_values(a_total, service)", ["a_total"], ["service"]],
		["up == 0", ["up"], []],
	])("%s", (expression, metrics, labels) => {
		expect(questionOf(expression)).toEqual({ metrics, labels });
	});
});
