import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { startServer } from "../../bin/servers/start.ts";
import type { RunningServer } from "../../bin/servers/server.ts";
import type { Answer } from "../../bin/tour/shop-client.ts";
import { Cluster } from "../support/cluster.ts";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";

const ORDERS = 150;
const EVERY_MS = 100;
const KILL_AT = 40;

let folder: string;
let redis: RunningServer;
let cluster: Cluster;
let shop: Shop;
let buyer: Person;
let productId: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "stoa-redis-"));
	redis = await startServer("redis", { folder });
	cluster = await Cluster.open({ REDIS_URL: redis.url });
	shop = await Shop.in(cluster);
	[buyer] = (await shop.customers(1)) as [Person];
	const product = { name: "Bowl", sku: "BOWL-9", price: 9.99, stockQuantity: 10_000 };
	const { body } = await shop.send("POST", "/products", { token: await shop.adminToken(), body: product });
	productId = String(body.id);
});
afterAll(async () => {
	await shop.close();
	await redis.stop();
	await rm(folder, { recursive: true, force: true });
});

function order(key?: string): Promise<Answer> {
	return shop.send("POST", "/orders", {
		token: buyer.token,
		headers: key === undefined ? {} : { "idempotency-key": key },
		body: { items: [{ productId, quantity: 1 }], shippingAddress: "1 Main Street", paymentMethod: "pm_card_visa" },
	});
}

/** As a careful client does it: the same request with the same key until the answer is definite. */
async function orderUntilDefinite(key: string): Promise<number> {
	for (;;) {
		const { status, headers } = await order(key);
		const isDefinite = status !== 503 && status !== 409;
		if (isDefinite) return status;
		await wait(Number(headers.get("retry-after") ?? 1) * 1_000);
	}
}

async function confirmed(count: number): Promise<void> {
	const orders = "select count(*)::int as orders from orders where status = 'confirmed'";
	await until(async () => (await shop.sql<{ orders: number }>("orders", orders))[0]?.orders === count, {
		timeoutMs: 30_000,
		everyMs: 250,
		what: `${count} confirmed orders`,
	});
}

/** Sends requests at a steady rate, and does something in between. */
async function underLoad<T>(send: (index: number) => Promise<T>, fault: () => void): Promise<T[]> {
	const outcomes: Promise<T>[] = [];
	for (let index = 0; index < ORDERS; index++) {
		if (index === KILL_AT) fault();
		outcomes.push(send(index));
		await wait(EVERY_MS);
	}
	return Promise.all(outcomes);
}

describe("when one of two orders nodes is killed under load", () => {
	const bothServe = async () => {
		const { body } = await shop.send("GET", "/services", { token: await shop.adminToken() });
		const services = body.services as { name: string; nodes: string[] }[];
		return services.find(({ name }) => name === "order-service")?.nodes.length === 2;
	};
	const kill = (index: number) => () => void cluster.nodesOf("orders")[index]?.child.kill("SIGKILL");

	it("clients that repeat their request with its key have every order, once", async () => {
		const statuses = await underLoad(() => orderUntilDefinite(randomUUID()), kill(0));

		expect(statuses.filter((status) => status !== 201 && status !== 202)).toEqual([]);
		await confirmed(ORDERS);
	});

	it("fewer than one in a hundred requests fail for those who do not repeat them", async () => {
		await cluster.revive();
		await until(bothServe, { timeoutMs: 10_000, everyMs: 200, what: "both orders nodes to serve" });

		const statuses = await underLoad(async () => (await order()).status, kill(1));
		const failed = statuses.filter((status) => status >= 500);
		expect(failed.length).toBeLessThan(ORDERS / 100);
	});
});

describe("when Redis is gone for half a minute", () => {
	it("no order is lost or made twice, and the shop serves again within ten seconds of its return", async () => {
		const before = await shop.sql<{ orders: number }>("orders", "select count(*)::int as orders from orders");
		await redis.kill();
		const waiting = Array.from({ length: 20 }, () => orderUntilDefinite(randomUUID()));
		await wait(30_000);
		await startServer("redis", { folder });

		await until(async () => (await order()).status < 300, { timeoutMs: 10_000, everyMs: 200, what: "an order" });
		const statuses = await Promise.all(waiting);
		expect(statuses.filter((status) => status >= 300)).toEqual([]);
		await confirmed((before[0]?.orders ?? 0) + waiting.length + 1);
	});
});
