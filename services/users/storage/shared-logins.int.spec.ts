import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { openGate } from "../../../mixins/redis/gate.fixture.ts";
import type { Gate } from "../../../mixins/redis/gate.fixture.ts";
import { SharedCounters } from "../../../mixins/redis/shared-counters.ts";
import { describeWith, urlOf } from "../../../test/support/servers.ts";
import { until } from "../../../test/support/wait.ts";
import { SharedLogins } from "./shared-logins.ts";

const ada = ["ada@example.com", "192.0.2.1"] as const;
const paused = expect.objectContaining({ type: "RATE_LIMITED", code: 429, data: { retryAfterSeconds: 1 } });

let gate: Gate;
let namespace: string;
let open: SharedCounters[] = [];

beforeEach(async () => {
	gate = await openGate(urlOf("redis"));
	namespace = `test-${randomBytes(6).toString("hex")}`;
});

afterEach(async () => {
	for (const counters of open) counters.close();
	open = [];
	await gate.close();
});

/** The throttle as one users node has it. */
async function node(): Promise<SharedLogins> {
	const counters = new SharedCounters({ url: gate.url, namespace });
	open.push(counters);
	await until(() => counters.redis.status === "ready");
	return new SharedLogins(counters);
}

async function guess(logins: SharedLogins, times: number): Promise<void> {
	for (let round = 0; round < times; round++) await logins.admit(...ada, new Date());
}

describeWith(["redis"], "the login throttle of several users nodes", () => {
	it("counts the failures of all of them, and delays the sixth login on any", async () => {
		const [one, other] = [await node(), await node()];
		await guess(one, 3);
		await guess(other, 2);

		await expect(one.admit(...ada, new Date())).rejects.toEqual(paused);
		await expect(other.admit("ADA@example.com", ada[1], new Date())).rejects.toEqual(paused);
	});

	it("lets no guess slip through that is sent at the same time", async () => {
		const nodes = [await node(), await node()];
		const guesses = Array.from({ length: 40 }, (_, index) => nodes[index % 2]!.admit(...ada, new Date()));

		const admitted = (await Promise.allSettled(guesses)).filter(({ status }) => status === "fulfilled");
		expect(admitted).toHaveLength(5);
	});

	it("admits again after the pause, which then doubles; a try that was refused does not count", async () => {
		const logins = await node();
		await guess(logins, 5);
		await expect(logins.admit(...ada, new Date())).rejects.toEqual(paused);

		await until(
			() =>
				logins.admit(...ada, new Date()).then(
					() => true,
					() => false,
				),
			{ everyMs: 100 },
		);
		await expect(logins.admit(...ada, new Date())).rejects.toMatchObject({ data: { retryAfterSeconds: 2 } });
	});

	it("never delays another address or another account", async () => {
		const logins = await node();
		await guess(logins, 5);

		await expect(logins.admit(ada[0], "192.0.2.2", new Date())).resolves.toBeUndefined();
		await expect(logins.admit("bob@example.com", ada[1], new Date())).resolves.toBeUndefined();
	});

	it("begins anew after a success on any node", async () => {
		const [one, other] = [await node(), await node()];
		await guess(one, 5);
		await other.clear(...ada);

		await expect(one.admit(...ada, new Date())).resolves.toBeUndefined();
	});

	it("forgets failures after a day", async () => {
		const logins = await node();
		await guess(logins, 1);

		const leftMs = await open[0]!.redis.pttl(`${namespace}:logins:192.0.2.1 ada@example.com`);
		expect(Math.abs(leftMs - 86_400_000)).toBeLessThan(60_000);
	});

	it("is each node's own while Redis is away, and counts before anybody waits", async () => {
		const logins = await node();
		gate.shut();
		await until(() => open[0]!.redis.status !== "ready");
		const guesses = Array.from({ length: 40 }, () => logins.admit(...ada, new Date()));

		const admitted = (await Promise.allSettled(guesses)).filter(({ status }) => status === "fulfilled");
		expect(admitted).toHaveLength(5);
		await expect(logins.clear(...ada)).resolves.toBeUndefined();
		await expect(logins.admit(...ada, new Date())).resolves.toBeUndefined();
	});
});
