import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Cluster, NODES } from "../support/cluster.ts";
import { startServer } from "../support/private-server.ts";
import type { RunningServer } from "../support/private-server.ts";
import { Shop } from "../support/shop.ts";
import type { Person } from "../support/shop.ts";
import { until } from "../support/wait.ts";
import { Crowd, waiting } from "./crowd.ts";
import { nodesListed } from "./listing.ts";
import { failed, longestMs, ordersMade, tell, unfulfilled } from "./orders-made.ts";
import type { Made } from "./orders-made.ts";
import { WireTap } from "./wire-tap.ts";
import type { Command } from "./wire-tap.ts";

const GONE_MS = 30_000;
/** Shorter than what the nodes' connections bear: what they have sent is delivered afterwards. */
const FROZEN_MS = 6_500;
/** The gateway's deadline of a command, and what clocks of nodes may differ. */
const BEGINS_WITHIN_MS = 30_000 + 500;
const HELD = 8;
/** Of all that happens before the first look. */
const TIMEOUT_MS = 180_000;
const TWICE = "delivered twice";

describe("a cluster whose Redis is gone for half a minute and freezes afterwards", () => {
	let folder: string;
	let redis: RunningServer;
	let cluster: Cluster;
	let shop: Shop;
	let crowd: Crowd;
	let admin: string;
	let held: Command[];
	let refusals: (string | undefined)[];
	let goneMs: number;
	let backMs: number;
	let completeMs: number;
	let made: ReadonlyMap<string, readonly Made[]>;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "stoa-redis-"));
		redis = await startServer("redis", { folder });
		cluster = await Cluster.open({ REDIS_URL: redis.url });
		shop = await Shop.in(cluster);
		admin = await shop.adminToken();
		crowd = await Crowd.enter(shop, { patient: 8, hasty: 4, hastyWaitsMs: 2_000 });
		held = await tapped(someCommands);

		await until(() => waiting(crowd.patient) >= 2, { timeoutMs: 20_000, everyMs: 1, what: "requests to be under way" });
		await redis.stop();
		goneMs = Date.now();
		await wait(GONE_MS);
		redis = await startServer("redis", { folder });
		backMs = Date.now();
		await until(isComplete, { timeoutMs: 20_000, everyMs: 100, what: "every node to be found again" });
		completeMs = Date.now();

		refusals = await tapped(deliverLate);
		await redis.pause();
		await wait(FROZEN_MS);
		redis.resume();
		await wait(2_000);
		await crowd.leave();
		made = await ordersMade(shop);
	}, TIMEOUT_MS);
	afterAll(async () => {
		await crowd.scatter();
		await shop.close();
		await redis.stop();
		await rm(folder, { recursive: true, force: true });
	});

	async function tapped<T>(work: (tap: WireTap) => Promise<T>): Promise<T> {
		const tap = await WireTap.on(redis.url, String(cluster.env.STOA_NAMESPACE));
		return work(tap).finally(() => tap.close());
	}

	/** Commands without a key as they were sent; one more is delivered again at once, to show what that does. */
	async function someCommands(tap: WireTap): Promise<Command[]> {
		const [buyer] = (await shop.customers(1)) as [Person];
		const names = Array.from({ length: HELD }, (_, index) => `held back ${index}`);
		for (const name of [...names, TWICE]) await crowd.order(buyer, name);

		const sent = (name: string) => tap.commands.find(({ params }) => params.shippingAddress === name) as Command;
		expect(await tap.deliver(sent(TWICE))).toBe(1);
		return names.map(sent);
	}

	/** What was sent before Redis was gone arrives now. @returns what each is answered */
	async function deliverLate(tap: WireTap): Promise<(string | undefined)[]> {
		const receivers = await Promise.all(held.map((command) => tap.deliver(command)));
		expect(receivers).toEqual(held.map(() => 1));
		const answers = () => held.map(({ id }) => tap.refusals.find((refusal) => refusal.id === id)?.type);
		// One that is carried out is never refused.
		await until(() => !answers().includes(undefined), { what: "the late commands to be refused" }).catch(
			() => undefined,
		);
		return answers();
	}

	async function isComplete(): Promise<boolean> {
		const { body } = await shop.send("GET", "/health");
		return body.status === "healthy" && (await nodesListed(shop, admin)).length === NODES.length;
	}

	it("loses no order, and makes each once", () => {
		const during = crowd.patient
			.flatMap(({ requests }) => requests)
			.filter(({ atMs }) => atMs > goneMs && atMs < backMs);
		tell({
			"orders of the patient": crowd.patient.length,
			"their requests while Redis was gone": during.length,
			"of these failed": during.filter(failed).length,
			"the longest took, in ms": longestMs(during),
		});

		expect(during.filter(failed).length).toBeGreaterThan(100);
		expect(unfulfilled(crowd.patient, made)).toEqual([]);
	});

	it("makes no order twice of those who did not even wait", () => {
		const unanswered = crowd.hasty.filter(({ status = 503 }) => status >= 500);
		const nonetheless = unanswered.filter(({ name }) => made.has(name));
		tell({ "hasty who were not answered": unanswered.length, "of these have an order": nonetheless.length });

		expect(crowd.hasty.filter(({ name }) => (made.get(name)?.length ?? 0) > 1)).toEqual([]);
	});

	it("serves again within ten seconds of its return", () => {
		const served = crowd.requests.filter(({ status = 503 }) => status < 300).map(({ atMs, tookMs }) => atMs + tookMs);
		const firstMs = Math.min(...served.filter((atMs) => atMs > backMs)) - backMs;
		tell({ "ms until the first order": firstMs, "ms until all nodes were there": completeMs - backMs });

		expect(firstMs).toBeLessThan(10_000);
		expect(completeMs - backMs).toBeLessThan(10_000);
	});

	it("carries out no command that is delivered after its deadline", () => {
		expect(made.get(TWICE)).toHaveLength(2);
		expect(refusals).toEqual(held.map(() => "DEADLINE_EXCEEDED"));
		for (const { params } of held) expect(made.get(String(params.shippingAddress))).toHaveLength(1);
	});

	it("has begun every order before the deadline of a request for it", () => {
		const delays = [...crowd.patient, ...crowd.hasty].flatMap(({ name, requests }) =>
			(made.get(name) ?? []).map((order) => {
				const sinceMs = requests.map(({ atMs }) => order.atMs - atMs).filter((ms) => ms >= 0);
				return Math.min(...sinceMs);
			}),
		);
		tell({ "the longest from a request to its order, in ms": Math.max(...delays) });
		expect(Math.max(...delays)).toBeLessThan(BEGINS_WITHIN_MS);
	});
});
