import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metricsOf } from "../../../mixins/metrics/registry.ts";
import type { MetricRegistry } from "../../../mixins/metrics/registry.ts";
import type { Page, Pages } from "../node.context.ts";
import { apiDocs } from "../pages/api-docs.ts";
import { health, live, ready } from "../pages/health.ts";
import { fail, plain, READS, refuseUnknown, show } from "./answer.ts";

/** Probes and scrapers are quick; whoever is not holds a connection no longer than this. */
const TIMES = { headersTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 2_000 };
/** A scrape under way at the stop may end within this time. */
const CLOSE_WITHIN_MS = 1_000;
const METRICS = "/metrics";

const PAGES: Readonly<Record<string, Page>> = {
	"/health": health,
	"/health/live": live,
	"/health/ready": ready,
	"/api-docs": apiDocs,
};

/**
 * Puts the node's pages beside /metrics on the server of moleculer-prometheus, and takes over listening:
 * its own way takes every interface, and a port in use would end the process.
 */
export function openPages(pages: Pages): void {
	const { server } = pages;
	const registry = metricsOf(pages.broker);
	const paths = [...Object.keys(PAGES), ...(registry === undefined ? [] : [METRICS])];

	for (const [path, page] of Object.entries(PAGES)) {
		for (const method of READS) server.add(method, path, (_req, res) => show(pages, page, res));
	}
	server.add("HEAD", METRICS, (...exchange) => server.handlers.GET?.[METRICS]?.(...exchange));
	server.onNoMatch = (req, res) => refuseUnknown(pages, req, res, paths);
	server.use((req, res, next) => {
		const path = plain(req.path);
		if (!paths.includes(path)) {
			refuseUnknown(pages, req, res, paths);
			return;
		}
		if (registry !== undefined && path === METRICS) refresh(pages, registry);
		next();
	});
	server.server = createServer(TIMES, (req, res) => {
		try {
			server.handler(req, res);
		} catch (error) {
			fail(pages, res, error);
		}
	});
	server.listen = () => listen(pages);
}

/** What a scrape reads of databases was sampled at the scrape before: none waits for a database. */
function refresh({ register }: Pages, registry: MetricRegistry): void {
	void registry.sample();
	for (const metric of registry.all()) register.registerMetric(metric);
}

/** A taken port is an error where probes and Prometheus count on it; on a laptop it is only worth a warning. */
async function listen(pages: Pages): Promise<void> {
	const [first = ""] = pages.hosted;
	const { port, variable } = pages.config.portOf(first);
	const { server } = pages.server;
	try {
		await new Promise<void>((resolve, reject) => {
			server.once("error", reject);
			server.listen(port, pages.config.host, resolve);
		});
		pages.port = (server.address() as AddressInfo).port;
	} catch (error) {
		const { message } = error as Error;
		const problem = `The node's pages cannot be served on port ${port} (${message}). Set ${variable} to a free port, or to 0.`;
		if (pages.config.isCluster) throw new Error(problem, { cause: error });
		pages.logger.warn(problem);
	}
}

/** Ends the pages: what is being read now may be read to its end. */
export async function closePages({ server: { server } }: Pages): Promise<void> {
	if (!server.listening) return;
	const cutOff = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
	await new Promise((resolve) => server.close(resolve));
	clearTimeout(cutOff);
}
