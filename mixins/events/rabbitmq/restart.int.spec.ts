import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { connect } from "amqplib";
import type { Channel } from "amqplib";
import { setTimeout as sleep } from "node:timers/promises";
import { ownServer } from "../../../test/support/own-server.ts";
import type { OwnServer } from "../../../test/support/own-server.ts";
import { until } from "../../../test/support/wait.ts";
import type { Message } from "../../../services/contracts/event.ts";
import { READER } from "../belfry.fixture.ts";
import type { EventBus, Subscription } from "../bus.ts";
import { bellMessage } from "../ringing.fixture.ts";
import { declareBells, ownOptions, withChannel } from "./namespace.fixture.ts";
import { rabbitMqBus } from "./rabbitmq-bus.ts";
import type { RabbitMqOptions } from "./rabbitmq-bus.ts";
import { names } from "./topology.ts";
import { encode } from "./wire.ts";

const BATCH = 100;
const PATIENCE = { timeoutMs: 30_000, everyMs: 20 };
/** A quorum queue that is killed right after it was declared may never find its leader again. */
const SETTLE_MS = 4_000;

describe("the bus over a RabbitMQ that dies", () => {
	let server: OwnServer;
	let options: RabbitMqOptions;
	let bus: EventBus;
	let subscription: Subscription;
	/** How often each message was handled, by its id. */
	let handled: Map<string, number>;
	let fails: (id: string) => boolean;

	beforeAll(async () => {
		server = await ownServer("rabbitmq");
		options = ownOptions({ url: server.url, publishTimeoutMs: 1_000, retryAfterMs: [500, 500, 500, 500] });
		await declareBells(options);
		await sleep(SETTLE_MS);
	});
	beforeEach(() => {
		handled = new Map();
		fails = () => false;
		bus = rabbitMqBus(options);
		subscription = bus.subscribe({
			...READER,
			accept: () => Promise.reject(new Error("A broker has queues.")),
			handle: async ({ consumer, message: { id } }) => {
				if (consumer !== "bells.mend") return;
				if (fails(id)) throw new Error("not yet");
				handled.set(id, (handled.get(id) ?? 0) + 1);
			},
			bury: () => Promise.resolve(),
		});
	});
	afterEach(async () => {
		await subscription.stop();
		await bus.close();
	});
	afterAll(() => server.remove());

	const healthy = () => until(() => bus.health() === "healthy", PATIENCE);
	const batch = () => Array.from({ length: BATCH }, () => bellMessage("bell.broke"));

	/** Publishes one batch after the other, as an outbox does, until the work is done. @returns the ids that were confirmed */
	async function publishDuring(work: Promise<unknown>): Promise<Set<string>> {
		const confirmed = new Set<string>();
		const over = work.then(() => true);
		while (!(await Promise.race([over, sleep(40, false)]))) {
			for (const id of await bus.publish(batch())) confirmed.add(id);
		}
		return confirmed;
	}

	const killedAfter = async (ms: number) => {
		await sleep(ms);
		await server.kill();
		await server.restart();
	};
	const lostOf = (confirmed: ReadonlySet<string>) => [...confirmed].filter((id) => !handled.has(id));

	it("delivers every message it has confirmed, through kills under load", async () => {
		subscription.start();
		await healthy();
		const killTwice = async () => {
			for (let kill = 0; kill < 2; kill++) {
				await killedAfter(1_000);
				await healthy();
			}
		};
		const confirmed = await publishDuring(killTwice());
		await until(() => lostOf(confirmed).length === 0, PATIENCE);

		expect(confirmed.size).toBeGreaterThan(2 * BATCH);
	});

	it("loses none that waits for its next try", async () => {
		const failed = new Set<string>();
		fails = (id) => failed.size < failed.add(id).size;
		subscription.start();
		await healthy();
		const confirmed = await publishDuring(sleep(800));
		await killedAfter(0);
		await until(() => lostOf(confirmed).length === 0, PATIENCE);

		expect(confirmed.size).toBeGreaterThan(BATCH);
	});

	it("says so while the broker is away, and delivers what was published once it is back", async () => {
		subscription.start();
		await healthy();
		expect(bus.isConnected()).toBe(true);
		await server.kill();
		expect(await bus.publish(batch())).toEqual(new Set());
		await until(() => !bus.isConnected(), PATIENCE);
		await until(() => bus.health() === "unhealthy", PATIENCE);

		await server.restart();
		await healthy();
		const confirmed = await bus.publish(batch());
		expect(confirmed.size).toBe(BATCH);
		await until(() => lostOf(confirmed).length === 0, PATIENCE);
	});

	it("shows why confirmations are waited for: what was only sent, and was in its queue, is lost", async () => {
		await healthy();
		const mend = names(options.namespace).queue("bells.mend");
		// What was handled before, and not answered in time, has come back.
		await withChannel(options.url, (channel) => channel.purgeQueue(mend));
		const confirmed = await bus.publish(batch());
		expect(confirmed.size).toBe(BATCH);
		const connection = await connect(options.url);
		connection.on("error", () => undefined);
		const sent = batch();
		await sendUnconfirmed(await connection.createChannel(), sent);
		await until(async () => (await left(mend)) >= 2 * BATCH, { ...PATIENCE, what: "all of them to be in the queue" });
		await killedAfter(0);
		subscription.start();
		await healthy();
		await until(async () => (await left(mend)) === 0, { ...PATIENCE, what: "the queue to be empty" });

		expect(lostOf(confirmed)).toEqual([]);
		expect(lostOf(new Set(sent.map(({ id }) => id)))).not.toEqual([]);
	});

	async function sendUnconfirmed(channel: Channel, messages: readonly Message[]): Promise<void> {
		for (const message of messages) {
			const { content, properties } = encode(message);
			channel.publish(names(options.namespace).events, message.name, content, properties);
		}
	}

	const left = (name: string) =>
		withChannel(options.url, async (channel) => (await channel.checkQueue(name)).messageCount);
});
