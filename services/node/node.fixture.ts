import { jest } from "@jest/globals";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { ServiceBroker } from "moleculer";
import type { BrokerOptions, ServiceSchema } from "moleculer";
import { contracts } from "../../mixins/contracts.middleware.ts";
import { defineService, internal } from "../../mixins/define-service.ts";
import type { EventBus } from "../../mixins/events/bus.ts";
import { eventBus, LocalBus } from "../../mixins/events/local-bus.ts";
import { consumer, inbox } from "../../mixins/inbox.mixin.ts";
import { metrics } from "../../mixins/metrics/metrics.middleware.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { sagas } from "../../mixins/saga.mixin.ts";
import { statement } from "../../mixins/sql/database.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import type { SqlMethods } from "../../mixins/sql.mixin.ts";
import { GetOrder, OrderNotFound } from "../contracts/orders.ts";
import { PaymentRefunded } from "../contracts/payments.ts";
import { ping } from "../contracts/platform.ts";
import type { Pages } from "./node.context.ts";
import nodeSchema from "./node.service.ts";

const PING = statement("spec.ping", "select 1");

/** The least service that has all there is to show: a database, an outbox, an inbox, sagas and a contract. */
const orders = (url: string) =>
	defineService({
		name: "orders",
		mixins: [
			sql({ url: () => url, poolSize: 3 }),
			outbox(),
			inbox([consumer("orders.recordRefund", PaymentRefunded, async () => undefined)]),
			sagas([]),
		],
		actions: {
			get: internal(GetOrder, async () => {
				throw new OrderNotFound();
			}),
			ping: internal(ping("orders"), async function (this: SqlMethods) {
				await this.db.query(PING);
				return { status: "healthy" as const };
			}),
		},
	});

const ANY_PORT = { ORDER_SERVICE_PORT: "0", GATEWAY_SERVICE_PORT: "0" };

export interface NodeOptions {
	/** What runs on the node, in the place of orders. */
	readonly service?: ServiceSchema;
	readonly bus?: EventBus;
	readonly env?: Readonly<Record<string, string>>;
	/** True unless told. */
	readonly hasMetrics?: boolean;
	readonly broker?: BrokerOptions;
}

export interface StartedNode {
	readonly broker: ServiceBroker;
	readonly pages: Pages;
	read(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; text: string }>;
	/** The value of one series of /metrics; undefined when it is not there. */
	metric(series: string): Promise<number | undefined>;
}

/** A node with one service and its pages on a free port. */
export async function startNode(url: string, given: NodeOptions = {}): Promise<StartedNode> {
	const { service = orders(url), bus, env, hasMetrics = true, broker: options } = given;
	const environment = jest.replaceProperty(process, "env", { ...ANY_PORT, ...env });
	const broker = new ServiceBroker({
		logger: false,
		...options,
		middlewares: [contracts(), eventBus(() => bus ?? new LocalBus()), ...(hasMetrics ? [metrics()] : [])],
	});
	broker.createService(service);
	broker.createService(nodeSchema);
	const pages = broker.getLocalService("$pages") as unknown as Pages;
	environment.restore();
	await broker.start().catch(async (error: unknown) => {
		await broker.stop();
		throw error;
	});

	const read = async (path: string, init?: RequestInit) => {
		const answer = await fetch(`http://127.0.0.1:${pages.port ?? 0}${path}`, init);
		return { status: answer.status, headers: answer.headers, text: await answer.text() };
	};
	const metric = async (series: string) => {
		const { text } = await read("/metrics");
		const line = text.split("\n").find((each) => each.startsWith(`${series} `));
		return line === undefined ? undefined : Number(line.slice(series.length));
	};
	return { broker, pages, read, metric };
}

/** A port that somebody else has. */
export async function takenPort(): Promise<{ port: number; free: () => void }> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	return { port: (server.address() as AddressInfo).port, free: () => server.close() };
}
