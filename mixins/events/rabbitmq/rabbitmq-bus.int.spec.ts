import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Channel, ConsumeMessage } from "amqplib";
import { until } from "../../../test/support/wait.ts";
import type { Message } from "../../../services/contracts/event.ts";
import { PUBLISHED, READER } from "../belfry.fixture.ts";
import type { Delivery, EventBus, Subscriber, Subscription } from "../bus.ts";
import { bellMessage } from "../ringing.fixture.ts";
import { declareRabbitMq } from "./declare-rabbitmq.ts";
import { declareBells, ownOptions, removeBells, withChannel } from "./namespace.fixture.ts";
import { rabbitMqBus } from "./rabbitmq-bus.ts";
import type { RabbitMqOptions } from "./rabbitmq-bus.ts";
import { names } from "./topology.ts";
import { encode } from "./wire.ts";

describe("the bus over RabbitMQ", () => {
	let options: RabbitMqOptions;
	let bus: EventBus;
	let subscription: Subscription | undefined;
	let warnings: string[];
	let handled: Delivery[];
	let buried: [Delivery, string][];

	beforeEach(() => {
		[warnings, handled, buried] = [[], [], []];
		const warn = (text: string, error?: unknown) => void warnings.push(`${text} ${String(error)}`);
		options = ownOptions({ log: { info: () => undefined, warn } });
		bus = rabbitMqBus(options);
	});
	afterEach(async () => {
		await subscription?.stop();
		subscription = undefined;
		await bus.close();
		await removeBells(options);
	});

	const handle = async (delivery: Delivery): Promise<void> => void handled.push(delivery);
	function subscribe(overrides: Partial<Subscriber> = {}): void {
		subscription = bus.subscribe({
			...READER,
			accept: () => Promise.reject(new Error("A broker has queues.")),
			handle,
			bury: async (delivery, error) => void buried.push([delivery, error]),
			...overrides,
		});
		subscription.start();
	}
	const send = (queue: string, message: Message, headers: object) =>
		withChannel(options.url, async (channel) => {
			const { content, properties } = encode(message);
			channel.sendToQueue(queue, content, {
				...properties,
				headers: { ...(properties.headers as object), ...headers },
			});
		});
	const connected = () => until(() => bus.health() === "healthy");
	const handledIds = () => new Set(handled.map(({ message }) => message.id));
	const queue = (consumer: string) => names(options.namespace).queue(consumer);
	const events = () => names(options.namespace).events;

	it("says at once that nothing is safe while it is not connected", async () => {
		const nowhere = rabbitMqBus({ ...options, url: "amqp://127.0.0.1:1" });

		expect(await nowhere.publish([bellMessage("bell.rang")])).toEqual(new Set());
		expect(nowhere.health()).toBe("unhealthy");
		await nowhere.close();
	});

	it("publishes nothing before the queues of all readers are declared, and says what to do", async () => {
		subscribe();
		await until(() => warnings.some((text) => text.includes("Run `bin/stoa migrate`")));
		expect(await bus.publish([bellMessage("bell.rang")])).toEqual(new Set());

		await declareBells(options);
		await until(async () => (await bus.publish([bellMessage("bell.rang")])).size === 1, { timeoutMs: 10_000 });
	});

	it("tells which messages reached no queue", async () => {
		await declareBells(options);
		await connected();
		const [read, unread, unknown] = ["bell.broke", "bell.melted", "bell.unheard-of"].map(bellMessage);
		const published = await bus.publish([read!, unknown!, unread!]);

		expect(published).toEqual(new Set([read!.id, unread!.id]));
	});

	it("says that a message is not safe when its channel is lost under it, and finds a new one", async () => {
		await declareBells(options);
		await connected();
		await withChannel(options.url, (channel) => channel.deleteExchange(events()));

		expect(await bus.publish([bellMessage("bell.rang")])).toEqual(new Set());
		await declareBells(options);
		await until(async () => (await bus.publish([bellMessage("bell.rang")])).size === 1);
	});

	it("says that a message is not safe when it cannot be written, and goes on", async () => {
		await declareBells(options);
		await connected();
		const [tooLong, sound] = [bellMessage("x".repeat(300)), bellMessage("bell.rang")];
		expect(await bus.publish([tooLong])).toEqual(new Set());

		await until(async () => (await bus.publish([sound])).size === 1);
	});

	it("makes a queue that was deleted again, and reads it", async () => {
		await declareBells(options);
		subscribe();
		await connected();
		await until(async () => (await consumers(queue("bells.mend"))) === 1);
		await withChannel(options.url, (channel) => channel.deleteQueue(queue("bells.mend")));
		await until(async () => (await consumers(queue("bells.mend")).catch(() => 0)) === 1, { timeoutMs: 10_000 });
		const broke = bellMessage("bell.broke");

		expect(await bus.publish([broke])).toEqual(new Set([broke.id]));
		await until(() => handledIds().has(broke.id));
	});

	const consumers = (name: string) =>
		withChannel(options.url, async (channel) => (await channel.checkQueue(name)).consumerCount);

	it("has no part of what a consumer does not read any more", async () => {
		await declareBells(options);
		await withChannel(options.url, (channel) => channel.bindQueue(queue("bells.mend"), events(), "bell.melted"));
		subscribe();
		await connected();
		const [melted, broke] = [bellMessage("bell.melted"), bellMessage("bell.broke")];
		await bus.publish([melted, broke]);
		await until(() => handledIds().has(broke.id));
		await until(async () => (await left(queue("bells.mend"))) === 0);

		expect(handledIds()).toEqual(new Set([broke.id]));
		expect(buried).toEqual([]);
	});

	const left = (name: string) =>
		withChannel(options.url, async (channel) => (await channel.checkQueue(name)).messageCount);

	it("counts what came again because a process died with it, and handles it all the same", async () => {
		await declareBells(options);
		const broke = bellMessage("bell.broke");
		await send(queue("bells.mend"), broke, {});
		await takeAndDie(queue("bells.mend"));
		subscribe();

		await until(() => handledIds().has(broke.id));
	});

	it("makes a dead letter of what has killed the process twenty times", async () => {
		await declareBells(options);
		const killer = bellMessage("bell.broke");
		await send(queue("bells.mend"), killer, { "stoa-redeliveries": 20 });
		await takeAndDie(queue("bells.mend"));
		subscribe();
		await until(() => buried.length > 0);

		expect(buried).toEqual([[{ consumer: "bells.mend", message: killer }, expect.stringContaining("20 times")]]);
		expect(handled).toEqual([]);
	});

	/** As a process does that dies while it handles a message. */
	const takeAndDie = (name: string) => withChannel(options.url, (channel) => taken(channel, name));

	it("has a quorum queue give up what is delivered again and again, and files that too", async () => {
		await removeBells(options);
		options = { ...options, queueType: "quorum" };
		await declareBells(options);
		await bus.close();
		bus = rabbitMqBus(options);
		const killer = bellMessage("bell.broke");
		await send(queue("bells.mend"), killer, {});
		await withChannel(options.url, async (channel) => {
			for (let time = 0; time <= 20; time++) {
				const message = await taken(channel, queue("bells.mend"));
				channel.nack(message, false, true);
			}
		});
		subscribe();
		await until(() => buried.length > 0);

		expect(buried).toEqual([[{ consumer: "bells.mend", message: killer }, expect.stringContaining("20 times")]]);
	});

	async function taken(channel: Channel, name: string): Promise<ConsumeMessage> {
		const message = await until(() => channel.get(name));
		return message as unknown as ConsumeMessage;
	}

	it("keeps dead letters in their queue while the database is out of reach", async () => {
		await declareBells(options);
		let isReachable = false;
		subscribe({
			handle: () => Promise.reject(new Error("no ink")),
			bury: async (delivery, error) => {
				if (!isReachable) throw new Error("out of reach");
				buried.push([delivery, error]);
			},
		});
		await connected();
		const broke = bellMessage("bell.broke");
		await bus.publish([broke]);
		const dead = names(options.namespace).dead("bells");
		await until(() => warnings.filter((text) => text.includes("bells.mend failed")).length === 5);
		await subscription?.stop();
		expect(await left(dead)).toBe(1);

		isReachable = true;
		subscribe();
		await until(() => buried.length > 0);
		expect(buried).toEqual([[{ consumer: "bells.mend", message: broke }, "Error: no ink"]]);
		await until(async () => (await left(dead)) === 0);
	});

	it("refuses a queue that exists with other settings, and says what to do", async () => {
		await declareBells(options);
		const declaring = declareRabbitMq({ ...options, queueType: "quorum" }, [READER], PUBLISHED);

		await expect(declaring).rejects.toThrow(/other settings: .*bells.*RABBITMQ_QUEUE_TYPE.*bin\/stoa migrate/s);
	});
});
