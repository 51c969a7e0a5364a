import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { randomUUID } from "node:crypto";
import { startBroker } from "../test/support/broker.ts";
import { listeningBus } from "../test/support/listening-bus.ts";
import { until } from "../test/support/wait.ts";
import { aggregate } from "./aggregate.mixin.ts";
import { counterRepository, countersDatabase, newCounter, raise } from "./counters.fixture.ts";
import type { Counters, CountersDatabase } from "./counters.fixture.ts";
import { defineService } from "./define-service.ts";
import type { EventBus } from "./events/bus.ts";
import { outbox } from "./outbox.mixin.ts";
import { sql } from "./sql.mixin.ts";

const cause = { id: "command-1" };

describe("a service with an outbox", () => {
	let database: CountersDatabase;
	let published: string[] = [];
	const brokers: ServiceBroker[] = [];

	beforeAll(async () => (database = await countersDatabase()));
	beforeEach(async () => {
		await database.rows("truncate outbox, leases");
		published = [];
	});
	afterEach(() => Promise.all(brokers.splice(0).map((broker) => broker.stop())));
	afterAll(() => database.close());

	const remembering = (node: string): EventBus =>
		listeningBus(({ sequence }) => void published.push(`${node}: ${sequence}`));
	async function start(nodeID = "a"): Promise<Counters> {
		const schema = defineService({
			name: "counters",
			mixins: [sql({ url: () => database.url }), outbox(), aggregate(counterRepository)],
		});
		const broker = await startBroker([schema], { nodeID, bus: remembering(nodeID) });
		brokers.push(broker);
		return broker.getLocalService("counters") as unknown as Counters;
	}
	const insertFact = (sequence: number, publishedAt: string) =>
		database.rows(
			`insert into outbox (message_id, name, schema_version, aggregate_type, aggregate_id, sequence, body, published_at)
			values (gen_random_uuid(), 'counter.raised', 1, 'counter', '1', $1, '{}', ${publishedAt})`,
			[sequence],
		);

	it("publishes each change soon after its commit, long before the next poll", async () => {
		const counters = await start();
		const { state } = newCounter(randomUUID());
		await counters.create(cause, { state, events: [] });
		const sinceMs = Date.now();

		for (const sequence of [1, 2, 3, 4, 5, 6]) {
			await counters.change(cause, state.id, raise());
			await until(() => published.includes(`a: ${sequence}`));
		}
		expect(Date.now() - sinceMs).toBeLessThan(4_000);
		expect(published).toEqual(["a: 1", "a: 2", "a: 3", "a: 4", "a: 5", "a: 6"]);
	});

	it("publishes at its next poll what nobody woke it for", async () => {
		await insertFact(1, "null");
		await start();
		await until(() => published.includes("a: 1"));
		await insertFact(2, "null");

		await until(() => published.includes("a: 2"));
	});

	it("publishes what was there when it started", async () => {
		await insertFact(7, "null");
		await start();

		await until(() => published.includes("a: 7"));
	});

	it("lets another node go on at once when it stops", async () => {
		const holds = (owner: string) => async () =>
			(await database.rows("select 1 from leases where owner = $1", [owner])).length;
		await start("a");
		await until(holds("a"));
		await start("b");
		await brokers[0]?.stop();
		await insertFact(7, "null");

		await until(holds("b"), { timeoutMs: 3_500 });
		await until(() => published.includes("b: 7"));
	});

	it("keeps published facts for three days, and others until they are published", async () => {
		await insertFact(1, "now() - interval '3 days 1 minute'");
		await insertFact(2, "now() - interval '2 days 23 hours'");
		await insertFact(3, "null");
		await database.rows("update outbox set occurred_at = now() - interval '9 days'");
		await start();
		const left = () => database.rows<{ sequence: number }>("select sequence from outbox order by sequence");

		await until(async () => (await left()).length < 3);
		expect((await left()).map(({ sequence }) => sequence)).toEqual([2, 3]);
	});
});
