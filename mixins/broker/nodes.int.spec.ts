import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { ServiceBroker } from "moleculer";
import { describeWith, urlOf } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import { endpointsOf, failure, freshNamespace, startNode, worker } from "./cluster.fixture.ts";
import { RedisDiscoverer } from "./redis-discoverer.ts";

const PROGRAM = fileURLToPath(new URL("node-process.fixture.ts", import.meta.url));

const nodesOf = (caller: ServiceBroker) => endpointsOf(caller).map(({ id }) => id);

async function startProcess(namespace: string, nodeID: string): Promise<ChildProcess> {
	const child = spawn(
		process.execPath,
		["--disable-warning=ExperimentalWarning", PROGRAM, urlOf("redis"), namespace, nodeID],
		{
			stdio: ["ignore", "pipe", "inherit"],
		},
	);
	await once(child.stdout, "data");
	return child;
}

describeWith(["redis"], "a node that is killed", () => {
	const namespace = freshNamespace();
	let caller: ServiceBroker;
	let mortal: ChildProcess;

	beforeAll(async () => void (caller = await startNode({ redisUrl: urlOf("redis"), namespace, nodeID: "caller" })));
	beforeEach(async () => {
		mortal = await startProcess(namespace, "mortal");
		await until(() => nodesOf(caller).includes("mortal"), { what: "the node to be known" });
	});
	afterEach(() => void mortal.kill("SIGKILL"));
	afterAll(() => caller.stop());

	it("leaves the registry within fifteen seconds, and the calls it had fail at once then", async () => {
		const underWay = failure(caller.call("worker.work", {}, { timeout: 60_000 }));
		await until(() => caller.transit?.pendingRequests.size === 1);
		mortal.kill("SIGKILL");

		const killedMs = performance.now();
		expect(await underWay).toBe("RequestRejectedError");
		expect(nodesOf(caller)).toEqual([]);
		expect(performance.now() - killedMs).toBeLessThan(15_000);
	});

	it("is found out by the next call, which another node answers though it may not be repeated", async () => {
		const heir = await startNode({
			redisUrl: urlOf("redis"),
			namespace,
			nodeID: "heir",
			services: [worker("heir", () => undefined)],
		});
		await until(() => nodesOf(caller).includes("heir"));
		mortal.kill("SIGKILL");
		await once(mortal, "exit");

		const startedMs = performance.now();
		const answers = [await caller.call("worker.work"), await caller.call("worker.work")];
		expect(answers).toEqual([{ nodeID: "heir" }, { nodeID: "heir" }]);
		expect(performance.now() - startedMs).toBeLessThan(1_000);
		expect(nodesOf(caller)).toEqual(["heir"]);
		await heir.stop();
	});
});

describeWith(["redis"], "a node that leaves", () => {
	it("gets no new calls at once, and finishes those it has", async () => {
		const namespace = freshNamespace();
		const slow = Promise.withResolvers<undefined>();
		const start = (
			nodeID: string,
			services = [worker(nodeID, (name) => (name === "work" ? slow.promise : undefined))],
		) => startNode({ redisUrl: urlOf("redis"), namespace, nodeID, services });
		const [caller, leaver] = [await start("caller", []), await start("leaver")];
		await until(() => nodesOf(caller).includes("leaver"));
		const underWay = caller.call("worker.work");
		await until(() => caller.transit?.pendingRequests.size === 1);

		const leftMs = performance.now();
		const { discoverer } = leaver.registry;
		await (discoverer instanceof RedisDiscoverer && discoverer.leave());
		expect(performance.now() - leftMs).toBeLessThan(1_000);
		await until(() => nodesOf(caller).length === 0, { timeoutMs: 1_000, what: "the caller to be told" });
		slow.resolve(undefined);
		expect(await underWay).toEqual({ nodeID: "leaver" });
		await Promise.all([caller.stop(), leaver.stop()]);
	});
});
