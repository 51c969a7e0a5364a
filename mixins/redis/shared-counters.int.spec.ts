import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { describeWith, urlOf } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import { openGate } from "./gate.fixture.ts";
import type { Gate } from "./gate.fixture.ts";
import { SharedCounters } from "./shared-counters.ts";

let gate: Gate;
let counters: SharedCounters;
let key: string;
const losses: unknown[] = [];

beforeEach(async () => {
	gate = await openGate(urlOf("redis"));
	key = `test-${randomBytes(6).toString("hex")}`;
	counters = new SharedCounters({ url: gate.url, namespace: key, onLoss: (error) => losses.push(error) });
	await until(() => counters.redis.status === "ready");
	losses.length = 0;
});

afterEach(async () => {
	counters.close();
	await gate.close();
});

/** Counts one, and says where. */
const count = () =>
	counters.count<string>(
		async () => `shared ${await counters.redis.incr(key)}`,
		() => "own",
	);
const shared = () => until(async () => (await count()).startsWith("shared"), { what: "Redis to be asked again" });

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
	const startMs = performance.now();
	await work();
	return performance.now() - startMs;
}

describeWith(["redis"], "a shared count", () => {
	it("is in Redis", async () => {
		await shared();
		expect(await count()).toBe("shared 2");
	});

	it("is the node's own, at once, while there is no connection, and told once", async () => {
		await shared();
		gate.shut();
		await until(() => counters.redis.status !== "ready");
		const tookMs = await elapsedMs(async () => {
			for (let round = 0; round < 100; round++) expect(await count()).toBe("own");
		});
		expect(tookMs).toBeLessThan(1_000);
		expect(losses).toHaveLength(1);
		gate.open();
		await shared();
	});

	it("waits once for a Redis that fell silent, not with every request", async () => {
		await shared();
		gate.freeze();
		expect(await count()).toBe("own");
		const tookMs = await elapsedMs(async () => {
			for (let round = 0; round < 100; round++) expect(await count()).toBe("own");
		});
		expect(tookMs).toBeLessThan(1_000);
		gate.open();
		await shared();
	});

	it("lets one ask a Redis that may still be silent, while the others go on", async () => {
		await shared();
		gate.freeze();
		await count();
		await until(async () => {
			const [first, next] = await Promise.all([elapsedMs(count), elapsedMs(count)]);
			return first > 100 && next < 100;
		});
	});
});
