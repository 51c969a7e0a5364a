import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { jest } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { call } from "../contracts/action.ts";
import type { ResultOf } from "../contracts/action.ts";
import type { Message } from "../contracts/event.ts";
import { CreateWebhookEndpoint, GetWebhookDelivery, ListWebhookDeliveries } from "../contracts/webhooks.ts";
import type { WebhookDelivery } from "../contracts/webhooks.ts";
import { LocalBus } from "../../mixins/events/local-bus.ts";
import { metrics } from "../../mixins/metrics/metrics.middleware.ts";
import { metricsOf } from "../../mixins/metrics/registry.ts";
import { statement } from "../../mixins/sql/database.ts";
import { startBroker } from "../../test/support/broker.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/wait.ts";
import type { Webhooks } from "./webhooks.context.ts";
import webhooks from "./webhooks.service.ts";

const HASTEN = statement("spec.hasten", "update deliveries set next_attempt_at = now() where status = 'pending'");
const UNHANDLED = statement("spec.unhandled", "select 1 from inbox where processed_at is null and dead_at is null");

/** The running service, with loopback open as on a laptop. */
export class RunningWebhooks {
	readonly broker: ServiceBroker;
	readonly service: Webhooks;
	readonly #bus: LocalBus;
	readonly #end: () => Promise<void>;

	private constructor(broker: ServiceBroker, bus: LocalBus, end: () => Promise<void>) {
		this.broker = broker;
		this.service = broker.getLocalService("webhooks") as Webhooks;
		this.#bus = bus;
		this.#end = end;
	}

	static async start(env: NodeJS.ProcessEnv = {}): Promise<RunningWebhooks> {
		const database = await freshDatabase("webhooks");
		const own = {
			WEBHOOK_DATABASE_URL: database.url,
			WEBHOOK_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64url"),
		};
		const environment = jest.replaceProperty(process, "env", { ...own, ...env });
		const bus = new LocalBus();
		const broker = await startBroker([webhooks], { bus, middlewares: [metrics()] });
		environment.restore();
		return new RunningWebhooks(broker, bus, () => database.drop());
	}

	async stop(): Promise<void> {
		await this.broker.stop();
		await this.#end();
	}

	/** How many endpoints a scrape says to be disabled. */
	async shownDisabled(): Promise<number | undefined> {
		const registry = metricsOf(this.broker);
		await registry?.sample();
		const shown = registry?.all().map((metric) => metric.get());
		return shown?.find(({ name }) => name === "stoa_webhook_endpoints_disabled")?.values[0]?.value;
	}

	register(url: string, events: string[] = ["*"]): Promise<ResultOf<typeof CreateWebhookEndpoint>> {
		return call(this.broker, CreateWebhookEndpoint, { url, events });
	}

	/** Hands facts over, and waits until they are handled. */
	async happen(...messages: Message[]): Promise<void> {
		await this.#bus.publish(messages);
		await until(async () => (await this.service.db.query(UNHANDLED)).length === 0, { what: "an empty inbox" });
	}

	/** Makes whatever is pending due, as if its wait were over. */
	async hasten(): Promise<void> {
		await this.service.db.query(HASTEN);
		this.service.wakeSender();
	}

	/** The newest first. */
	async deliveriesTo(endpointId: string): Promise<WebhookDelivery[]> {
		return (await call(this.broker, ListWebhookDeliveries, { id: endpointId })).rows;
	}

	/** Waits until the newest delivery is as wanted; an attempt counts from its beginning. */
	settled(id: string, wanted: Partial<WebhookDelivery>): Promise<WebhookDelivery> {
		const holds = (delivery: WebhookDelivery) =>
			Object.entries(wanted).every(([field, value]) => delivery[field as keyof WebhookDelivery] === value);
		const what = `a delivery with ${JSON.stringify(wanted)}`;
		return until(async () => (await this.deliveriesTo(id)).slice(0, 1).find(holds), { what });
	}

	/** Waits until so many attempts of the newest delivery are recorded. */
	async tried(endpointId: string, attempts: number): Promise<WebhookDelivery> {
		const delivery = await this.settled(endpointId, { attempts });
		await until(async () => (await this.detailOf(delivery)).log.length === attempts, { what: "a recorded attempt" });
		return this.settled(endpointId, { attempts });
	}

	detailOf({ id, endpointId }: WebhookDelivery): Promise<ResultOf<typeof GetWebhookDelivery>> {
		return call(this.broker, GetWebhookDelivery, { id: endpointId, deliveryId: id });
	}
}

export interface Heard {
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
}

/** Somebody else's server, which does with each request what the spec says. */
export interface Receiver {
	readonly url: string;
	readonly heard: Heard[];
	/** How a request is answered; 200 until told. */
	answer: (response: ServerResponse) => unknown;
	close(): void;
}

export async function openReceiver(): Promise<Receiver> {
	const receiver: Receiver = { url: "", heard: [], answer: (response) => response.end("ok"), close: () => undefined };
	const receive = async (request: IncomingMessage, response: ServerResponse) => {
		const body = Buffer.concat(await request.toArray()).toString();
		receiver.heard.push({ headers: request.headers, body });
		receiver.answer(response);
	};
	const server = createServer((request, response) => void receive(request, response));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const close = () => {
		server.closeAllConnections();
		server.close();
	};
	return Object.assign(receiver, { url: `http://127.0.0.1:${port}/hooks`, close });
}

export const timestamp = "2026-03-01T10:00:00.000Z";

const messageOf = (name: string, aggregateId: string, data: object): Message => ({
	...{ id: randomUUID(), name, version: 1, aggregateType: "any", aggregateId, sequence: 1 },
	...{ correlationId: null, causationId: null },
	data: { ...data, timestamp },
});

export const userCreated = (userId: string = randomUUID()): Message =>
	messageOf("user.created", userId, { userId, email: `${userId}@example.com`, role: "customer" });

export const userDeleted = (userId: string): Message => messageOf("user.deleted", userId, { userId, mode: "erased" });

export const paymentCaptured = (paymentId: string = randomUUID()): Message =>
	messageOf("payment.captured", paymentId, { paymentId, orderId: randomUUID(), amount: 10.5, currency: "EUR" });
