import Prometheus from "moleculer-prometheus";
import { defineMixin } from "../../mixins/define-service.ts";
import { Worker } from "../../mixins/events/worker.ts";
import { watchProcess } from "../../mixins/metrics/process.ts";
import { metricsOf } from "../../mixins/metrics/registry.ts";
import { config } from "./config.ts";
import { closePages, openPages } from "./http/server.ts";
import type { Pages } from "./node.context.ts";
import { watchNode } from "./watch-node.ts";

const COUNT_EVERY_MS = 60_000;

/** Created and started after moleculer-prometheus, whose router and registry it fills, and stopped before it. */
export const pages = defineMixin<Pages>({
	created() {
		this.config = config();
		this.hosted = this.broker.services.map(({ name }) => name).filter((name) => !name.startsWith("$"));
		const report = (error: unknown) => this.logger.warn("The registry was not counted, will try again:", error);
		this.census = new Worker(() => countRegistry(this), COUNT_EVERY_MS, report);
		this.isDraining = false;
		this.endWatch = () => undefined;
		openPages(this);
	},

	async started() {
		const registry = metricsOf(this.broker);
		if (registry === undefined) return;

		this.endWatch = watchProcess(registry);
		watchNode(this.broker, registry);
		this.census.start();
		await registry.sample();
	},

	/** A scrape under way still reads the registry, which moleculer-prometheus forgets when it stops. */
	async stopped() {
		this.endWatch();
		await this.census.stop();
		await closePages(this);
	},
});

/**
 * moleculer-prometheus counts nodes, services, actions and events by itself, but it would not hear of a failure, and
 * what has left the registry would keep its last number.
 */
async function countRegistry(service: Pages): Promise<void> {
	const theirs = Prometheus.methods as unknown as { updateCommonValues: (this: Pages) => Promise<unknown> };
	for (const metric of Object.values(service.metrics)) metric.reset();
	await theirs.updateCommonValues.call(service);
}
