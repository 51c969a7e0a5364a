import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { Errors } from "moleculer";
import type { BrokerOptions, ServiceBroker } from "moleculer";
import { ServiceBusy } from "../../services/contracts/errors.ts";
import { describeWith, urlOf } from "../../test/support/servers.ts";
import { until } from "../../test/support/wait.ts";
import type { Behaviour } from "./cluster.fixture.ts";
import { endpointsOf, failure, freshNamespace, startNode, worker } from "./cluster.fixture.ts";

const OPERATION = { key: "k", fingerprint: "f", deadlineMs: Date.now() + 3_600_000 };
const byType = (a: unknown, b: unknown) => (typeof a).localeCompare(typeof b);
const never = () => new Promise(() => undefined);

describeWith(["redis"], "a caller of two nodes", () => {
	const namespace = freshNamespace();
	let behaviours: Record<string, Behaviour> = {};
	const calls: string[] = [];
	let caller: ServiceBroker;
	const nodes: ServiceBroker[] = [];

	const start = (nodeID: string, changes: BrokerOptions = {}) => {
		const behave: Behaviour = (name) => {
			calls.push(nodeID);
			return behaviours[nodeID]?.(name);
		};
		const services = nodeID === "caller" ? [] : [worker(nodeID, behave)];
		return startNode({ redisUrl: urlOf("redis"), namespace, nodeID, services, changes });
	};
	const ask = (options = {}) => caller.call("worker.ask", {}, options);
	const work = (options = {}) => caller.call("worker.work", {}, options);
	const pay = (options = {}) => caller.call("worker.pay", {}, options);
	/** Both nodes once, whoever is next. */
	const twice = (send: () => Promise<unknown>) => Promise.all([send(), send()]);

	beforeAll(async () => {
		nodes.push(await start("caller"), await start("good"), await start("bad"));
		[caller] = nodes as [ServiceBroker];
		await until(() => endpointsOf(caller).length === 2);
	});
	afterEach(() => {
		behaviours = {};
		calls.length = 0;
	});
	afterAll(() => Promise.all(nodes.map((node) => node.stop())));

	describe("that meets a fault worth repeating", () => {
		const busy = () => {
			throw new ServiceBusy({ retryAfterSeconds: 1 });
		};

		it("asks the other node a question again", async () => {
			behaviours.bad = busy;

			expect(await twice(ask)).toEqual([{ nodeID: "good" }, { nodeID: "good" }]);
			expect(calls.sort()).toEqual(["bad", "good", "good"]);
		});

		it("gives the other node a command again when it has a key", async () => {
			behaviours.bad = busy;
			const meta = { operation: OPERATION };

			expect(await twice(() => pay({ meta }))).toEqual([{ nodeID: "good" }, { nodeID: "good" }]);
		});

		it.each([
			["that never accepts one", () => work({ meta: { operation: OPERATION } })],
			["without a key", pay],
		])("does not repeat a command %s", async (_what, send) => {
			behaviours.bad = busy;

			const names = await twice(() => failure(send()));
			expect(names.sort()).toEqual(["DomainError", "no failure"]);
			expect(calls.sort()).toEqual(["bad", "good"]);
		});

		it("gives up after three tries", async () => {
			Object.assign(behaviours, { bad: busy, good: busy });

			expect(await failure(ask())).toBe("DomainError");
			expect(calls).toHaveLength(3);
		});

		it("tells it at once when it was a refusal", async () => {
			Object.assign(behaviours, { bad: refuse, good: refuse });

			expect(await failure(ask())).toBe("MoleculerClientError");
			expect(calls).toHaveLength(1);
		});
		const refuse = () => {
			throw new Errors.MoleculerClientError("no");
		};

		it("takes what another action did not begin as something that this one has", async () => {
			behaviours.bad = () => {
				throw new Errors.ServiceNotAvailableError({ action: "other.action" });
			};

			const names = await twice(() => failure(work()));
			expect(names.sort()).toEqual(["ServiceNotAvailableError", "no failure"]);
		});
	});

	describe("whose question a node leaves without an answer", () => {
		it("has the answer of the other node within its own time", async () => {
			behaviours.bad = never;

			const startedMs = performance.now();
			expect(await twice(() => ask({ timeout: 3_000 }))).toEqual([{ nodeID: "good" }, { nodeID: "good" }]);
			expect(performance.now() - startedMs).toBeLessThan(3_000);
		});

		it("waits five seconds when nothing else was said, and not a moment longer", async () => {
			Object.assign(behaviours, { bad: never, good: never });

			const startedMs = performance.now();
			expect(await failure(work())).toBe("RequestTimeoutError");
			expect(performance.now() - startedMs).toBeGreaterThan(4_900);
			expect(performance.now() - startedMs).toBeLessThan(9_000);
		});
	});

	describe("of which one is silent", () => {
		const stateOf = (nodeID: string) => endpointsOf(caller).find(({ id }) => id === nodeID)?.state;

		it("stops calling it after a few calls, and calls it again when it answers", async () => {
			behaviours.bad = never;
			const outcomes = await Promise.all(Array.from({ length: 12 }, () => failure(work({ timeout: 1_000 }))));
			expect(outcomes.filter((name) => name === "RequestTimeoutError")).toHaveLength(6);
			expect(stateOf("bad")).toBe(false);

			calls.length = 0;
			await Promise.all(Array.from({ length: 10 }, () => work({ timeout: 1_000 })));
			expect(new Set(calls)).toEqual(new Set(["good"]));

			behaviours = {};
			await until(() => stateOf("bad"), { timeoutMs: 7_000, what: "the breaker to let one call through" });
			await until(async () => ((await work({ timeout: 2_000 })) as { nodeID: string }).nodeID === "bad");
			expect(stateOf("bad")).toBe(true);
		});

		it("goes on calling one that answers with errors", async () => {
			behaviours.bad = () => {
				throw new Error("a bug that a client has found");
			};
			await Promise.all(Array.from({ length: 30 }, () => failure(work())));

			expect(stateOf("bad")).toBe(true);
		});
	});
});

describeWith(["redis"], "a node with more to do than it can", () => {
	it("does so much at a time, lets so much wait, and turns the rest away before it is begun", async () => {
		const namespace = freshNamespace();
		const redisUrl = urlOf("redis");
		const release = Promise.withResolvers<undefined>();
		let running = 0;
		const behave = () => {
			running += 1;
			return release.promise;
		};
		const changes = { bulkhead: { enabled: true, concurrency: 3, maxQueueSize: 4 } };
		const full = await startNode({ redisUrl, namespace, nodeID: "full", services: [worker("full", behave)], changes });
		const caller = await startNode({ redisUrl, namespace, nodeID: "caller" });
		await until(() => endpointsOf(caller).length > 0);

		let refused = 0;
		const outcomes = Array.from({ length: 10 }, () =>
			caller.call("worker.work").catch((error: unknown) => {
				refused += 1;
				return (error as Error).name;
			}),
		);
		await until(() => refused === 3, { what: "three calls to be turned away" });
		expect(running).toBe(3);
		release.resolve(undefined);

		const [done, turnedAway] = [Array(7).fill({ nodeID: "full" }), Array(3).fill("QueueIsFullError")];
		expect((await Promise.all(outcomes)).sort(byType)).toEqual([...done, ...turnedAway]);
		expect(running).toBe(7);
		await Promise.all([caller.stop(), full.stop()]);
	});
});
