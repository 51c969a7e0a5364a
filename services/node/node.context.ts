import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Worker } from "../../mixins/events/worker.ts";
import type { Metric } from "../../mixins/metrics/metric.ts";
import type { StoaService } from "../../mixins/define-service.ts";
import type { NodeConfig } from "./config.ts";

/** A request as polka hands it on. */
export type Request = IncomingMessage & { readonly path: string };
export type Handler = (req: Request, res: ServerResponse, next: () => void) => void;

/** The router and server of moleculer-prometheus (https://github.com/lukeed/polka, version 0.4). */
export interface Polka {
	server: Server;
	readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
	readonly handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>>;
	onNoMatch: Handler;
	use(handler: Handler): void;
	add(method: string, path: string, handler: Handler): void;
	listen(port: number): Promise<void>;
}

/** `this` inside the pages of a node. */
export type Pages = StoaService & {
	config: NodeConfig;
	server: Polka;
	/** Names of the services this node was started with, without the framework's own. */
	hosted: readonly string[];
	/** Where the pages are; undefined when the port was taken. */
	port: number | undefined;
	/** Set as soon as the node was told to stop. */
	isDraining: boolean;
	/** Makes the node not ready, before its services begin to stop: balancers then send no more. */
	drain(): void;
	/** Counts what the Moleculer registry knows. */
	census: Worker;
	/** What moleculer-prometheus counts. */
	readonly metrics: Readonly<Record<string, { reset(): void }>>;
	/** prom-client's registry, made by moleculer-prometheus. */
	register: { registerMetric(metric: Metric): void };
	endWatch: () => void;
};

/** What a page says. */
export interface Answer {
	readonly status: number;
	readonly body: object;
}

export type Page = (pages: Pages) => Answer | Promise<Answer>;
