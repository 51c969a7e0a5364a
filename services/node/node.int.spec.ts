import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { Ajv2020 } from "ajv/dist/2020.js";
import { countersDatabase } from "../../mixins/counters.fixture.ts";
import type { CountersDatabase } from "../../mixins/counters.fixture.ts";
import { defineService } from "../../mixins/define-service.ts";
import { LocalBus } from "../../mixins/events/local-bus.ts";
import { consumer, inbox } from "../../mixins/inbox.mixin.ts";
import { metricsOf } from "../../mixins/metrics/registry.ts";
import { outbox } from "../../mixins/outbox.mixin.ts";
import { statement } from "../../mixins/sql/database.ts";
import { sql } from "../../mixins/sql.mixin.ts";
import { until } from "../../test/support/wait.ts";
import { PaymentRefunded } from "../contracts/payments.ts";
import { startNode, takenPort } from "./node.fixture.ts";
import type { NodeOptions, StartedNode } from "./node.fixture.ts";

const id = randomUUID();

/** Reaches nobody. */
class SickBus extends LocalBus {
	override health(): never {
		return "unhealthy" as never;
	}
	override publish(): Promise<ReadonlySet<string>> {
		return Promise.resolve(new Set());
	}
}

let database: CountersDatabase;
let node: StartedNode;

beforeAll(async () => void (database = await countersDatabase()));
afterEach(() => node.broker.stop());
afterAll(() => database.close());

const start = async (options?: NodeOptions, url = database.url) => void (node = await startNode(url, options));
const bodyOf = async (path: string) => JSON.parse((await node.read(path)).text) as Record<string, unknown>;

describe("a node's health", () => {
	it("is live, ready and healthy with its database, its bus and its services", async () => {
		await start();

		expect((await node.read("/health/live")).status).toBe(200);
		expect((await node.read("/health/ready")).status).toBe(200);
		expect(await bodyOf("/health/ready")).toMatchObject({ status: "healthy", notReady: [] });
		expect(await bodyOf("/health")).toMatchObject({ status: "healthy", services: { order: "healthy" } });
	});

	it("names the service whose database is gone, and stays alive", async () => {
		const gone = await countersDatabase();
		await start({}, gone.url);
		await gone.close();

		expect((await node.read("/health/ready")).status).toBe(503);
		expect(await bodyOf("/health/ready")).toMatchObject({ status: "unhealthy", notReady: ["order"] });
		expect((await node.read("/health")).status).toBe(503);
		expect(await bodyOf("/health")).toMatchObject({ status: "unhealthy", services: { order: "unhealthy" } });
		expect((await node.read("/health/live")).status).toBe(200);
	});

	it("is not ready while a service does not answer in time", async () => {
		await start();
		// All connections of the service's pool wait, as they would for a server that fell silent.
		const { db } = node.broker.getLocalService("orders") as unknown as CountersDatabase;
		const held = [1, 2, 3].map(() => db.query(statement("", "select pg_sleep(4)")));
		await until(() =>
			node.metric('stoa_pg_pool_connections{service="orders",state="busy"}').then((busy) => busy === 3),
		);

		expect(await bodyOf("/health/ready")).toMatchObject({ notReady: ["order"] });
		await Promise.all(held);
	});

	it("is not ready when facts do not get through", async () => {
		await start({ bus: new SickBus() });

		expect((await node.read("/health/ready")).status).toBe(503);
		expect(await bodyOf("/health/ready")).toMatchObject({ notReady: ["event-bus"] });
		expect(await node.metric("stoa_event_bus_healthy")).toBe(0);
	});

	it.each([
		["an outbox", outbox()],
		["an inbox", inbox([consumer("orders.recordRefund", PaymentRefunded, async () => undefined)])],
	])("is not ready without the bus when all that a service has of facts is %s", async (_what, mixin) => {
		const service = defineService({ name: "orders", mixins: [sql({ url: () => database.url, poolSize: 2 }), mixin] });
		await start({ bus: new SickBus(), service });

		expect(await bodyOf("/health/ready")).toMatchObject({ notReady: ["event-bus"] });
	});

	it("is ready without the bus when no service of it has facts, as a gateway's requests go on", async () => {
		await start({ bus: new SickBus(), service: defineService({ name: "gateway" }) });

		expect(await bodyOf("/health/ready")).toMatchObject({ status: "healthy", notReady: [] });
		expect(await node.metric("stoa_event_bus_healthy")).toBe(0);
	});

	it("is not ready when other nodes are out of reach", async () => {
		await start({ broker: { transporter: "Fake" } });
		expect((await node.read("/health/ready")).status).toBe(200);
		Object.assign(node.broker.transit!.tx, { connected: false });

		expect(await bodyOf("/health/ready")).toMatchObject({ notReady: ["transporter"] });
		expect(await node.metric("stoa_transporter_connected")).toBe(0);
		Object.assign(node.broker.transit!.tx, { connected: true });
	});

	it("is not ready once a service drains, or was taken away", async () => {
		await start();
		const service = node.broker.getLocalService("orders");
		Object.assign(service, { isDraining: true });
		expect(await bodyOf("/health/ready")).toMatchObject({ notReady: ["order"] });

		await node.broker.destroyService(service);
		expect(await bodyOf("/health/ready")).toMatchObject({ notReady: ["order"] });
	});

	it("is not ready, but alive, from the moment the node is told to stop", async () => {
		await start();
		node.pages.drain();

		expect(await bodyOf("/health/ready")).toMatchObject({ notReady: ["node"] });
		expect((await node.read("/health/live")).status).toBe(200);
	});

	it("is not ready while the node stops, and then gone", async () => {
		await start({ broker: { registry: { stopDelay: 3_000 } } });
		const stopped = node.broker.stop();

		expect(await bodyOf("/health/ready")).toMatchObject({ notReady: ["node"] });
		await stopped;
		await expect(node.read("/health/live")).rejects.toThrow();
	});
});

describe("a node's documentation", () => {
	it("describes the parameters of its actions as the contract checks them", async () => {
		await start();
		const { services } = (await bodyOf("/api-docs")) as { services: { actions: { name: string; params: object }[] }[] };
		const get = services[0]!.actions.find(({ name }) => name === "orders.get")!;
		const accepts = new Ajv2020({ strict: false, validateFormats: false }).compile(get.params);

		expect(accepts({ id })).toBe(true);
		expect(accepts({})).toBe(false);
		expect(get).toMatchObject({ summary: expect.any(String), errors: [{ type: "ORDER_NOT_FOUND", status: 404 }] });
	});

	it("names the facts that its services publish and read", async () => {
		await start();

		expect(await bodyOf("/api-docs")).toMatchObject({
			services: [
				{
					name: "orders",
					publishes: expect.arrayContaining([expect.objectContaining({ name: "order.created", version: 1 })]),
					consumes: [{ consumer: "orders.recordRefund", event: "payment.refunded" }],
				},
			],
		});
	});

	it("tells nothing of settings, secrets or where the database is", async () => {
		await start();
		const { hostname, port, pathname } = new URL(database.url);
		const pages = ["/health", "/health/ready", "/api-docs", "/metrics"];
		const text = (await Promise.all(pages.map((page) => node.read(page)))).map((page) => page.text).join();

		for (const secret of [`${hostname}:${port}`, pathname.slice(1), node.broker.nodeID])
			expect(text).not.toContain(secret);
	});
});

describe("a node's metrics", () => {
	const counted = 'service="orders",action="orders.get"';

	it("rise with calls, refusals and their durations", async () => {
		await start();
		for (const params of [{ id }, { id }, { id: "not an id" }]) {
			await node.broker.call("orders.get", params).catch(() => undefined);
		}

		expect(await node.metric(`stoa_action_requests_total{${counted}}`)).toBe(3);
		expect(await node.metric(`stoa_action_duration_seconds_count{${counted}}`)).toBe(3);
		expect(await node.metric(`stoa_action_errors_total{${counted},code="404",type="ORDER_NOT_FOUND"}`)).toBe(2);
		expect(await node.metric(`stoa_action_errors_total{${counted},code="422",type="VALIDATION_FAILED"}`)).toBe(1);
	});

	it("show what waits in the outbox, the inbox and the sagas, and what is dead", async () => {
		await start({ bus: new SickBus() });
		await database.rows(
			`insert into outbox (message_id, name, schema_version, aggregate_type, aggregate_id, sequence, body, occurred_at)
			values ($1::uuid, 'order.created', 1, 'order', $1::uuid::text, 1, '{}', now() - interval '90 s')`,
			[id],
		);
		await database.rows(
			`insert into inbox (consumer, message_id, next_attempt_at, dead_at)
			values ('a', $1, now() + interval '1 h', null), ('b', $1, now(), now()), ('c', $1, now(), now())`,
			[id],
		);
		await database.rows(
			`insert into sagas (id, type, subject_id, state, data, owner, lease_until, next_run_at, needs_attention)
			select gen_random_uuid(), 'none', $1, state, '{}', 'spec', now(), now(), attention
			from (values ('running', true), ('compensating', false), ('done', true)) as given (state, attention)`,
			[id],
		);

		const metric = (name: string) => node.metric(`${name}{service="orders"}`);
		await until(async () => (await metric("stoa_outbox_pending")) === 1, { what: "the next sample" });
		expect(await metric("stoa_outbox_oldest_seconds")).toBeGreaterThan(89);
		expect(await metric("stoa_inbox_pending")).toBe(1);
		expect(await metric("stoa_dead_letters")).toBe(2);
		expect(await metric("stoa_sagas_open")).toBe(2);
		expect(await metric("stoa_sagas_needing_attention")).toBe(1);
		for (const table of ["outbox", "inbox", "sagas"]) await database.rows(`delete from ${table}`);
	});

	it("count what was published", async () => {
		await start();
		await database.rows(
			`insert into outbox (message_id, name, schema_version, aggregate_type, aggregate_id, sequence, body)
			values ($1::uuid, 'order.created', 1, 'order', $1::uuid::text, 1, '{}')`,
			[randomUUID()],
		);

		await until(() => node.metric('stoa_outbox_published_total{service="orders"}'));
	});

	it("tell nothing of a queue whose database is gone, and the scrape does not wait for it", async () => {
		const gone = await countersDatabase();
		await start({}, gone.url);
		expect(await node.metric('stoa_outbox_pending{service="orders"}')).toBe(0);
		await gone.close();

		const isUnknown = async () => (await node.metric('stoa_outbox_pending{service="orders"}')) === undefined;
		await until(isUnknown, { what: "the number to vanish" });
		const startedMs = performance.now();
		await node.read("/metrics");
		expect(performance.now() - startedMs).toBeLessThan(5_000);
	});

	it("show the pool, the process and what the registry knows", async () => {
		await start();

		await until(() => node.metric("moleculer_nodes_total"));
		expect(await node.metric('moleculer_action_endpoints_total{action="orders.get"}')).toBe(1);
		await until(() => node.metric('stoa_pg_pool_connections{service="orders",state="idle"}'));
		expect(await node.metric('stoa_pg_pool_waiting{service="orders"}')).toBe(0);
		expect(await node.metric("nodejs_eventloop_lag_p99_seconds")).toBeGreaterThanOrEqual(0);
		expect(await node.metric("nodejs_heap_size_used_bytes")).toBeGreaterThan(1e6);
		expect(await node.metric("process_cpu_seconds_total")).toBeGreaterThan(0);
	});

	it("forget a service that left the registry", async () => {
		await start();
		const known = () => node.metric('moleculer_service_endpoints_total{service="orders",version="undefined"}');
		await until(known);
		await node.broker.destroyService(node.broker.getLocalService("orders"));

		await until(async () => (await known()) === undefined, { what: "the next count" });
	});

	it("show a circuit breaker that opened, and none that is closed", async () => {
		const circuitBreaker = { enabled: true, threshold: 0.1, minRequestCount: 1, check: () => true };
		await start({ broker: { circuitBreaker } });
		expect(await node.metric(`stoa_circuit_breakers_open{${counted}}`)).toBeUndefined();
		await node.broker.call("orders.get", { id }).catch(() => undefined);

		await until(async () => (await node.metric(`stoa_circuit_breakers_open{${counted}}`)) === 1, {
			what: "the sample",
		});
	});

	it("belong to one node alone, of two in one process", async () => {
		await start();
		const other = await startNode(database.url, { broker: { nodeID: "other" } });
		await other.broker.call("orders.get", { id }).catch(() => undefined);

		expect(await node.metric(`stoa_action_requests_total{${counted}}`)).toBe(0);
		expect(await other.metric(`stoa_action_requests_total{${counted}}`)).toBe(1);
		await other.broker.stop();
	});

	it("can be switched off, and then nothing is measured", async () => {
		await start({ hasMetrics: false });

		expect((await node.read("/metrics")).status).toBe(404);
		expect((await node.read("/health/ready")).status).toBe(200);
		expect(metricsOf(node.broker)).toBeUndefined();
	});
});

describe("a node's door", () => {
	it("answers what it does not know with a problem document", async () => {
		await start();
		const { status, headers, text } = await node.read("/orders");

		expect(status).toBe(404);
		expect(headers.get("content-type")).toContain("application/problem+json");
		expect(JSON.parse(text)).toMatchObject({ code: "NOT_FOUND", status: 404, requestId: expect.any(String) });
	});

	it.each(["/metrics", "/health", "/api-docs"])("lets nobody do more than read %s", async (path) => {
		await start();
		const { status, headers, text } = await node.read(path, { method: "POST", body: "{}" });

		expect(status).toBe(405);
		expect(headers.get("allow")).toBe("GET, HEAD");
		expect(JSON.parse(text)).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
	});

	it.each(["/metrics/", "/health/", "/health/ready?from=a-probe"])("accepts %s", async (path) => {
		await start();

		expect((await node.read(path)).status).toBe(200);
	});

	it.each(["/metrics", "/health/ready"])("answers HEAD %s as GET, without the body", async (path) => {
		await start();
		const { status, text } = await node.read(path, { method: "HEAD" });

		expect([status, text]).toEqual([200, ""]);
	});

	it("answers a fault with a problem that tells nothing of it, and lives on", async () => {
		await start();
		metricsOf(node.broker)!
			.gauge("stoa_broken", "Cannot be read.")
			.of()
			.set(() => {
				throw new Error("internal detail");
			});
		const { status, text } = await node.read("/metrics");

		expect(status).toBe(500);
		expect(text).toContain('"code":"INTERNAL"');
		expect(text).not.toContain("internal detail");
		expect((await node.read("/health/live")).status).toBe(200);
	});

	it("refuses to start on a port that is taken, and names the variable, where probes count on it", async () => {
		const { port, free } = await takenPort();
		const env = { ORDER_SERVICE_PORT: String(port), REDIS_URL: "redis://127.0.0.1", NODE_PAGES_HOST: "127.0.0.1" };

		const error = await startNode(database.url, { env }).catch((each: unknown) => each);
		expect(String(error)).toContain(`port ${port}`);
		expect(String(error)).toContain("Set ORDER_SERVICE_PORT");
		free();
	});

	it("goes without its pages on a laptop whose port is taken", async () => {
		const { port, free } = await takenPort();
		await start({ env: { ORDER_SERVICE_PORT: String(port) } });

		expect(node.pages.port).toBeUndefined();
		expect(await node.broker.call("orders.ping")).toEqual({ status: "healthy" });
		free();
	});
});
