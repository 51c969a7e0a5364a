import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import { Redis } from "ioredis";
import type { ServiceBroker } from "moleculer";
import { startServer } from "../../test/support/private-server.ts";
import type { RunningServer } from "../../test/support/private-server.ts";
import { describeWith } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import { failure, freshNamespace, nodeOf, worker } from "./cluster.fixture.ts";

describeWith(["redis"], "two nodes on a Redis that dies", () => {
	const namespace = freshNamespace();
	let folder: string;
	let redis: RunningServer;
	let admin: Redis;
	let caller: ServiceBroker;
	let other: ServiceBroker;
	let executions = 0;
	let answer: () => unknown = () => undefined;

	const serve = async () => (redis = await startServer("redis", { folder }));
	const isServed = () =>
		caller.call("worker.ask").then(
			() => true,
			() => false,
		);
	const served = () => until(isServed, { timeoutMs: 10_000, everyMs: 50, what: "the other node to answer" });
	const subscribers = async () => {
		const [, count] = (await admin.call("PUBSUB", "NUMSUB", `MOL-${namespace}.REQ.other`)) as [string, number];
		return count;
	};
	const connections = async () => ((await admin.call("CLIENT", "LIST")) as string).trim().split("\n").length;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "stoa-redis-"));
		await serve();
		const { url: redisUrl } = redis;
		await redis.kill();
		const behave = () => {
			executions += 1;
			return answer();
		};
		other = nodeOf({ redisUrl, namespace, nodeID: "other", services: [worker("other", behave)] });
		caller = nodeOf({ redisUrl, namespace, nodeID: "caller" });
		const started = Promise.all([other.start(), caller.start()]);
		await wait(500);
		await serve();
		await started;
		admin = new Redis(redisUrl);
		admin.on("error", () => undefined);
		await served();
	});
	afterEach(() => void (answer = () => undefined));
	afterAll(async () => {
		await Promise.all([caller.stop(), other.stop()]);
		admin.disconnect();
		await redis.stop();
		await rm(folder, { recursive: true, force: true });
	});

	async function restart(): Promise<void> {
		await redis.kill();
		await serve();
		await until(() => admin.status === "ready", { what: "Redis to be back" });
		await until(subscribers, { timeoutMs: 10_000, what: "the other node to listen again" });
		await served();
	}

	it("subscribe once when Redis comes after them", async () => {
		expect(await subscribers()).toBe(1);
	});

	it("run each request once and keep their connections, however often Redis was killed", async () => {
		const before = await connections();
		for (let kills = 0; kills < 3; kills++) await restart();
		executions = 0;
		for (let calls = 0; calls < 10; calls++) await caller.call("worker.work");

		expect(executions).toBe(10);
		expect(await subscribers()).toBe(1);
		await until(async () => (await connections()) >= before, { what: "every client to be back" });
		expect(await connections()).toBe(before);
	});

	it("fail at once while Redis is gone, whatever was under way included, and stop neither node", async () => {
		answer = () => wait(20_000, undefined, { ref: false });
		const underWay = failure(caller.call("worker.work"));
		await until(() => caller.transit?.pendingRequests.size === 1);
		await redis.kill();

		const startedMs = performance.now();
		expect(await underWay).toBe("RequestRejectedError");
		await expect(caller.call("worker.ask")).rejects.toMatchObject({ name: "BrokerDisconnectedError" });
		expect(performance.now() - startedMs).toBeLessThan(3_000);

		await serve();
		answer = () => undefined;
		await served();
	});

	it("are of full service within ten seconds after a Redis that stood still for ten", async () => {
		await redis.pause();
		await wait(10_000);
		redis.resume();

		await served();
	});
});
