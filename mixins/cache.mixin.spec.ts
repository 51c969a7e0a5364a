import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { ServiceBroker } from "moleculer";
import type { Middleware } from "moleculer";
import { until } from "../test/support/wait.ts";
import { cache } from "./cache.mixin.ts";
import type { CacheMethods } from "./cache.mixin.ts";
import { defineService } from "./define-service.ts";
import { keepMetrics, metricsOf } from "./metrics/registry.ts";

type Kept = CacheMethods<"things" | "lists">;

const namespace = `test-${randomUUID()}`;
const TTL_MS = 900;
/** What all nodes read, as they would from a database. */
const table = { value: 0 };
/** By which answers grow old on every node: it stands still, however busy the machine is. */
const clock = { ms: 0 };
const brokers: ServiceBroker[] = [];

const loses: Middleware = { name: "Loses", broadcast: () => () => Promise.resolve() } as unknown as Middleware;

async function node(nodeID: string, middlewares: Middleware[] = []): Promise<Kept> {
	const broker = new ServiceBroker({ nodeID, namespace, logger: false, transporter: "Fake", middlewares });
	keepMetrics(broker);
	const shelves = { things: { maxEntries: 10 }, lists: { maxEntries: 10 } };
	broker.createService(defineService({ name: "shop", mixins: [cache({ shelves, ttlMs: () => TTL_MS })] }));
	brokers.push(broker);
	await broker.start();
	const kept = broker.getLocalService("shop") as unknown as Kept;
	return Object.assign(kept, { cacheNowMs: () => clock.ms });
}

const read = (kept: Kept, key = "lamp") => kept.cached("things", key, async () => table.value);

describe("answers kept on several nodes", () => {
	let writer: Kept;
	let other: Kept;
	let mute: Kept;

	beforeAll(async () => {
		[writer, other, mute] = [await node("writer"), await node("other"), await node("mute", [loses])];
		await Promise.all(brokers.map((broker) => broker.waitForServices("shop")));
		const nodes = () => brokers[0]?.registry.getNodeList({ onlyAvailable: true }).length === 3;
		await until(nodes, { what: "the nodes to know each other" });
	});
	afterAll(() => Promise.all(brokers.map((broker) => broker.stop())));

	it("are forgotten where they are written at once, and elsewhere when it is heard", async () => {
		await Promise.all([read(writer), read(other)]);
		table.value += 1;
		writer.forget("things", ["lamp"]);

		expect(await read(writer)).toBe(table.value);
		await until(async () => (await read(other)) === table.value, { what: "the broadcast to be heard" });
	});

	it("are forgotten elsewhere by time when the broadcast is lost", async () => {
		await Promise.all([read(mute), read(other)]);
		const before = table.value;
		table.value += 1;
		mute.forget("things");

		expect([await read(mute), await read(other)]).toEqual([table.value, before]);
		clock.ms += TTL_MS - 1;
		expect(await read(other)).toBe(before);
		clock.ms += 1;
		expect(await read(other)).toBe(table.value);
	});

	it("stay where only this node was told to forget, and on other shelves", async () => {
		const list = (kept: Kept) => kept.cached("lists", "all", async () => table.value);
		const before = table.value;
		await Promise.all([read(writer, "vase"), read(other, "vase"), list(writer)]);
		table.value += 1;
		writer.forgetHere("things", ["vase"]);

		expect([await read(writer, "vase"), await read(other, "vase")]).toEqual([table.value, before]);
		expect(await list(writer)).toBe(before);
	});

	it("are counted by whether they were there", async () => {
		const counted = metricsOf(brokers[0]!)!
			.all()
			.find(({ name }) => name === "stoa_cache_requests_total");
		const outcomes = counted?.get().values.map(({ labels }) => [labels.shelf, labels.outcome].join(" "));

		expect(outcomes).toEqual(["things hit", "things miss", "lists hit", "lists miss"]);
	});

	it("have a shelf that was named before", () => {
		expect(() => writer.forget("nowhere" as "lists")).toThrow('no answers on a shelf "nowhere"');
	});
});
