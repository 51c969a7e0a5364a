import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { openGate } from "../../mixins/redis/gate.fixture.ts";
import type { Gate } from "../../mixins/redis/gate.fixture.ts";
import { SharedCounters } from "../../mixins/redis/shared-counters.ts";
import { describeWith, urlOf } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import { rateLimit } from "./rate-limit.ts";
import type { RateLimit } from "./rate-limit.ts";

let gate: Gate;
let namespace: string;
const open: SharedCounters[] = [];

beforeEach(async () => {
	gate = await openGate(urlOf("redis"));
	namespace = `test-${randomBytes(6).toString("hex")}`;
});

afterEach(async () => {
	for (const counters of open.splice(0)) counters.close();
	await gate.close();
});

/** The limit as one gateway node has it. */
async function node(perMinute: number): Promise<RateLimit> {
	const counters = new SharedCounters({ url: gate.url, namespace });
	open.push(counters);
	await until(() => counters.redis.status === "ready");
	return rateLimit(perMinute, counters);
}

const limited = { type: "RATE_LIMITED", code: 429, data: { retryAfterSeconds: expect.any(Number) } };

describeWith(["redis"], "a rate limit of several gateway nodes", () => {
	it("is one count for all of them, told and refused as in memory", async () => {
		const [one, other] = [await node(3), await node(3)];
		expect(await one("user ada")).toEqual([
			...["RateLimit-Limit", "3", "RateLimit-Remaining", "2", "RateLimit-Reset", "60"],
		]);
		expect(await other("user ada")).toContain("1");
		expect(await one("user ada")).toContain("0");
		for (const limit of [one, other]) await expect(limit("user ada")).rejects.toMatchObject(limited);
		expect(await other("user eve")).toContain("2");
	});

	it("lets exactly so many of simultaneous requests through", async () => {
		const nodes = [await node(10), await node(10)];
		const asked = await Promise.allSettled(Array.from({ length: 40 }, (_, index) => nodes[index % 2]!("user ada")));
		expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
	});

	it("is each node's own while Redis is away, and shared again when it is back", async () => {
		const limit = await node(2);
		await limit("user ada");
		gate.shut();
		await until(() => open[0]!.redis.status !== "ready");
		expect(await limit("user ada")).toContain("1");
		expect(await limit("user ada")).toContain("0");
		await expect(limit("user ada")).rejects.toMatchObject(limited);
		gate.open();
		await until(async () => (await limit("user ada").catch(() => [])).length > 0);
		await expect(limit("user ada")).rejects.toMatchObject(limited);
	});
});
