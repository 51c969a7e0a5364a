import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { urlOf } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import { openGate } from "../redis/gate.fixture.ts";
import type { Gate } from "../redis/gate.fixture.ts";
import { freshNamespace, nodeOf } from "./cluster.fixture.ts";
import type { RedisDiscoverer } from "./redis-discoverer.ts";

let gate: Gate;
let node: ServiceBroker;
let discoverer: RedisDiscoverer;
beforeEach(async () => {
	gate = await openGate(urlOf("redis"));
	node = nodeOf({ redisUrl: gate.url, namespace: freshNamespace(), nodeID: "lonely" });
	discoverer = node.registry.discoverer as unknown as RedisDiscoverer;
	await node.start();
});
afterEach(async () => {
	await node.stop();
	await gate.close();
});

it("fails in silence to look a node up when Redis goes meanwhile: nobody would hear it, and the process would end", async () => {
	gate.freeze();
	const lookedUp = discoverer.discoverNode("other");
	discoverer.client.disconnect();

	await expect(lookedUp).resolves.toBeUndefined();
	gate.open();
});

it("reads no more of a heartbeat than its key: nobody would hear that the rest failed", async () => {
	const read = jest.spyOn(discoverer.client, "mgetBuffer");
	for (let beat = 0; beat < 20; beat++) await discoverer.sendHeartbeat();

	expect(read).not.toHaveBeenCalled();
});

it("writes anew every 20 minutes what is known of its node", async () => {
	const later = jest.spyOn(globalThis, "setTimeout");
	discoverer.recreateInfoUpdateTimer();
	const [renew, afterMs] = later.mock.calls.at(-1) ?? [];
	later.mockRestore();
	const key = `MOL-${node.namespace}-DSCVR-INFO:lonely`;
	await discoverer.client.expire(key, 60);
	(renew as () => void)();
	await until(async () => (await discoverer.client.ttl(key)) > 1_700);

	expect(afterMs).toBe(1_200_000);
});
