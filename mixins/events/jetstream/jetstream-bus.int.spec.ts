import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "../../../test/support/private-server.ts";
import type { RunningServer } from "../../../test/support/private-server.ts";
import { until } from "../../../test/support/wait.ts";
import type { Message } from "../../../services/contracts/event.ts";
import type { EventBus, Subscription } from "../bus.ts";
import { jetStreamBus } from "./jetstream-bus.ts";
import type { JetStreamOptions } from "./jetstream-bus.ts";
import { declareJetStream } from "./declare-jetstream.ts";
import { ownOptions } from "./namespace.fixture.ts";

const consumers = new Map([["ledger.write", ["cent.earned"]]]);

const earned = (): Message => ({
	id: randomUUID(),
	name: "cent.earned",
	version: 1,
	aggregateType: "cent",
	aggregateId: "1",
	sequence: 1,
	correlationId: null,
	causationId: null,
	data: {},
});

describe("JetStream on a server that dies", () => {
	let folder: string;
	let server: RunningServer;
	let options: JetStreamOptions;
	let bus: EventBus;
	let reading: Subscription | undefined;
	const heard = new Set<string>();
	const buried: string[] = [];

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "stoa-nats-"));
		server = await startServer("nats", { folder });
		options = ownOptions({ servers: [server.url], publishTimeoutMs: 1_000 });
	}, 60_000);
	afterEach(async () => {
		await reading?.stop();
		await bus.close();
		reading = undefined;
	});
	afterAll(async () => {
		await server.stop();
		await rm(folder, { recursive: true });
	});

	const declare = () => declareJetStream(options.servers, options, [{ consumers }]);
	const read = (handle: (message: Message) => Promise<void>) => {
		reading = bus.subscribe({
			service: "ledger",
			consumers,
			accept: () => Promise.reject(new Error("JetStream is a queue by itself.")),
			handle: ({ message }) => handle(message),
			bury: ({ message }, error) => Promise.resolve(void buried.push(`${message.id} ${error}`)),
		});
		reading.start();
	};

	it("publishes nothing before the stream is made, and says that nothing is safe", async () => {
		bus = jetStreamBus(options);
		await until(async () => bus.health() !== "healthy");

		expect(await bus.publish([earned()])).toEqual(new Set());
		await declare();
		await until(async () => (await bus.publish([earned()])).size === 1);
	});

	it("loses nothing that it confirmed, however often the server is killed", async () => {
		bus = jetStreamBus(options);
		read(async ({ id }) => void heard.add(id));
		const confirmed = new Set<string>();
		const over = new AbortController();
		const publishing = (async () => {
			while (!over.signal.aborted) {
				const published = await bus.publish(Array.from({ length: 50 }, earned));
				published.forEach((id) => confirmed.add(id));
				if (published.size === 0) await new Promise((resolve) => setTimeout(resolve, 20));
			}
		})();

		for (let kills = 0; kills < 3; kills++) {
			const before = confirmed.size;
			await until(() => confirmed.size > before + 200, { timeoutMs: 20_000 });
			await server.kill();
			server = await startServer("nats", { folder });
		}
		over.abort();
		await publishing;

		await until(() => [...confirmed].every((id) => heard.has(id)), { timeoutMs: 60_000, what: "what was confirmed" });
		expect(confirmed.size).toBeGreaterThan(600);
	}, 120_000);

	it("tells that facts do not get through while the server is away, and when they do again", async () => {
		bus = jetStreamBus(options);
		await until(() => bus.health() === "healthy", { timeoutMs: 10_000 });
		expect(bus.isConnected()).toBe(true);
		await server.kill();

		await until(() => !bus.isConnected(), { timeoutMs: 10_000 });
		await until(() => bus.health() === "unhealthy", { timeoutMs: 10_000 });
		expect(await bus.publish([earned()])).toEqual(new Set());
		server = await startServer("nats", { folder });
		await until(() => bus.health() === "healthy", { timeoutMs: 20_000 });
	}, 60_000);

	it("files what was delivered twenty times and neither handled nor refused", async () => {
		bus = jetStreamBus({ ...options, retryAfterMs: Array<number>(25).fill(1) });
		const killer = earned();
		let deliveries = 0;
		read(async ({ id }) => {
			if (id !== killer.id) return;
			deliveries += 1;
			throw new Error("as if the process had ended");
		});
		await until(async () => (await bus.publish([killer])).size === 1);
		await until(() => buried.length > 0, { timeoutMs: 20_000 });

		expect(deliveries).toBe(20);
		expect(buried[0]).toContain(`${killer.id} it was delivered 20 times`);
	}, 60_000);
});
