import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { setTimeout as wait } from "node:timers/promises";
import { Cluster } from "../support/cluster.ts";
import { Shop } from "../support/shop.ts";
import { until } from "../support/wait.ts";
import { Crowd, waiting } from "./crowd.ts";
import type { Sent } from "./crowd.ts";
import { nodesListed, watched } from "./listing.ts";
import type { Listing } from "./listing.ts";
import { failed, longestMs, ordersMade, tell, unfulfilled } from "./orders-made.ts";
import type { Made } from "./orders-made.ts";

const BEFORE_MS = 8_000;
const AFTERWARDS_MS = 20_000;
/** Less than a call may take: whoever waits as long has not been told, but has given up. */
const TOLD_WITHIN_MS = 4_500;

describe("an orders node that is killed under load", () => {
	let cluster: Cluster;
	let shop: Shop;
	let crowd: Crowd;
	let admin: string;
	let killedMs: number;
	let before: readonly string[];
	let listings: Listing[];
	let made: ReadonlyMap<string, readonly Made[]>;

	beforeAll(async () => {
		cluster = await Cluster.open({});
		shop = await Shop.in(cluster);
		admin = await shop.adminToken();
		crowd = await Crowd.enter(shop, { patient: 8, hasty: 10, hastyWaitsMs: 30_000 });
		await wait(BEFORE_MS);

		before = await nodesListed(shop, admin, "order-service");
		// With nothing under way, nothing could get lost.
		await until(() => waiting(crowd.patient) >= 3, { timeoutMs: 20_000, everyMs: 1, what: "requests to be under way" });
		cluster.nodesOf("orders")[0]?.child.kill("SIGKILL");
		killedMs = Date.now();
		listings = await watched(shop, admin, "order-service", AFTERWARDS_MS);
		await crowd.leave();
		made = await ordersMade(shop);
	});
	afterAll(async () => {
		await crowd.scatter();
		await shop.close();
	});

	const requestsOfTheHasty = () => crowd.hasty.flatMap(({ requests }) => requests);
	const underWay = ({ atMs, tookMs }: Sent) => atMs <= killedMs && atMs + tookMs >= killedMs;

	it("fails no order of those who repeat their request with its key, and makes each once", () => {
		const repeats = crowd.patient.reduce((sum, { requests }) => sum + requests.length - 1, 0);
		tell({ "orders of the patient": crowd.patient.length, "requests they repeated": repeats });

		expect(crowd.patient.length).toBeGreaterThan(100);
		expect(unfulfilled(crowd.patient, made)).toEqual([]);
	});

	it("fails fewer than one in a hundred requests of those who do not repeat them, and makes none twice", () => {
		const requests = requestsOfTheHasty();
		const failures = requests.filter(failed);
		const percent = (100 * failures.length) / requests.length;
		tell({ "requests of the hasty": requests.length, failed: `${failures.length} (${percent.toFixed(2)} %)` });

		expect(percent).toBeLessThan(1);
		expect(crowd.hasty.filter(({ name }) => (made.get(name)?.length ?? 0) > 1)).toEqual([]);
	});

	it("is listed no more after fifteen seconds", () => {
		const after = listings.at(-1)?.nodes ?? [];
		const [killed = ""] = before.filter((node) => !after.includes(node));
		const isListed = listings.map(({ nodes }) => nodes.includes(killed));
		const goneMs = (listings[isListed.lastIndexOf(true) + 1]?.atMs ?? Infinity) - killedMs;
		tell({ "seconds until it was listed no more": goneMs / 1_000 });

		expect([before.length, after.length]).toEqual([2, 1]);
		expect(goneMs).toBeLessThan(15_000);
	});

	it("keeps nobody waiting for its answers", () => {
		const [caught, later] = [crowd.requests.filter(underWay), crowd.requests.filter(({ atMs }) => atMs > killedMs)];
		tell({
			"requests under way when it was killed": caught.length,
			"the longest of them took, in ms": longestMs(caught),
			"the longest one sent afterwards took, in ms": longestMs(later),
		});

		expect(caught.length).toBeGreaterThan(0);
		expect(longestMs([...caught, ...later])).toBeLessThan(TOLD_WITHIN_MS);
	});

	it("is missed within fifteen seconds also where nobody calls it", async () => {
		const products = () => nodesListed(shop, admin, "product-service");
		expect(await products()).toHaveLength(2);
		cluster.nodesOf("products")[0]?.child.kill("SIGKILL");

		const startedMs = Date.now();
		await until(async () => (await products()).length === 1, {
			timeoutMs: 15_000,
			everyMs: 100,
			what: "it to be missed",
		});
		tell({ "seconds until a silent node was missed": (Date.now() - startedMs) / 1_000 });
	});
});
