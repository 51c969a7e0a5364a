import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { openDatabase } from "../../../mixins/sql/database.ts";
import type { Database, Queryable } from "../../../mixins/sql/database.ts";
import { until } from "../../../test/support/wait.ts";
import { inMinutes, startProducts } from "../products.fixture.ts";
import type { RunningProducts } from "../products.fixture.ts";
import { commitStock, releaseExpired, reserveStock, restoreStock } from "./reservation.store.ts";

const cause = { id: "a command" };

let shop: RunningProducts;
let crowd: Database;
beforeAll(async () => {
	shop = await startProducts();
	crowd = openDatabase({ url: shop.url, applicationName: "crowd", poolSize: 40, lockTimeoutMs: 20_000 });
});
afterEach(async () => expect(await shop.rows("select * from stock_discrepancies")).toEqual([]));
afterAll(async () => {
	await crowd.close();
	await shop.stop();
});

/** Ids sort here as they do in PostgreSQL. */
const lines = (ids: readonly string[], quantity: number) =>
	[...ids].sort().map((productId) => ({ productId, quantity }));

const reserve = (
	db: Queryable,
	reservationId: string,
	products: readonly string[],
	quantity = 1,
	expiresAt = inMinutes(15),
) =>
	reserveStock(db, cause, {
		...{ reservationId, orderId: randomUUID(), lines: lines(products, quantity) },
		...{ expiresAt, movementId: shop.service.newId(), now: new Date() },
	});
const commit = (db: Queryable, id: string) => commitStock(db, id, shop.service.newId());
const restore = (db: Queryable, id: string) => restoreStock(db, id, shop.service.newId());

const statusOf = async (id: string) =>
	(await shop.rows<{ status: string }>("select status from reservations where id = $1", [id]))[0]?.status;

/** What kinds of end a crowd of commands met, with how many of each. */
function tally(outcomes: readonly PromiseSettledResult<unknown>[]) {
	const ends = outcomes.map((end) => (end.status === "fulfilled" ? "done" : (end.reason as { type: string }).type));
	return Object.fromEntries([...new Set(ends)].sort().map((end) => [end, ends.filter((each) => each === end).length]));
}

describe("a product with 10 in stock", () => {
	it("is held for exactly 10 of 200 who want it at once", async () => {
		const { id } = await shop.product({ lowStockThreshold: 3 });
		const wanted = Array.from({ length: 200 }, () => reserve(crowd, randomUUID(), [id]));

		expect(tally(await Promise.allSettled(wanted))).toEqual({ OUT_OF_STOCK: 190, done: 10 });
		expect(await shop.stockOf(id)).toMatchObject({ available: 0, reserved: 10 });
		const low = (await shop.factsOf(id)).filter(({ name }) => name === "product.low_stock");
		expect(low.map(({ body }) => body.currentStock)).toEqual([3]);
	});

	it("is held once for one reservation that is sent 50 times at once", async () => {
		const { id } = await shop.product();
		const reservationId = randomUUID();
		const sent = Array.from({ length: 50 }, () => reserve(crowd, reservationId, [id], 6));

		expect(tally(await Promise.allSettled(sent))).toEqual({ done: 50 });
		expect(await shop.stockOf(id)).toMatchObject({ available: 4, reserved: 6 });
	});
});

describe("commands on the same products and reservations", () => {
	it("wait for each other in one order, so none is refused for a deadlock, and the books agree", async () => {
		const ids = await Promise.all(
			Array.from({ length: 4 }, async () => (await shop.product({ stockQuantity: 500 })).id),
		);
		const reservations = Array.from({ length: 30 }, () => randomUUID());
		const life = async (id: string, index: number) => {
			const own = ids.filter((_, position) => (index + position) % 4 !== 0);
			const steps = [
				() => reserve(crowd, id, own, 2),
				() => commit(crowd, id),
				() => restore(crowd, id),
				() => reserve(crowd, id, own, 2),
			];
			return Promise.allSettled(steps.slice(0, 2 + (index % 3)).map((step) => step()));
		};

		const ends = tally((await Promise.all(reservations.map(life))).flat());
		expect(Object.keys(ends).filter((end) => !["done", "RESERVATION_ENDED"].includes(end))).toEqual([]);
	});

	it("end a reservation once, whoever restores it how often", async () => {
		const { id } = await shop.product();
		const reservationId = randomUUID();
		await reserve(crowd, reservationId, [id], 4);
		const steps = Array.from({ length: 30 }, (_, index) =>
			index % 3 === 0 ? commit(crowd, reservationId) : restore(crowd, reservationId),
		);

		await Promise.allSettled(steps);
		expect(await shop.stockOf(id)).toMatchObject({ available: 10, reserved: 0 });
		expect(["released", "restocked"]).toContain(await statusOf(reservationId));
	});
});

describe("a command that meets another one under way", () => {
	let reservationId = "";
	let productId = "";
	beforeEach(async () => {
		reservationId = randomUUID();
		productId = (await shop.product()).id;
	});

	/** Runs `second` while `first` has done its work and not committed; both have ended afterwards. */
	async function overlap(first: (tx: Queryable) => Promise<unknown>, second: () => Promise<unknown>) {
		const outcome = await crowd.transaction(async (tx) => {
			await first(tx);
			const waiting = Promise.allSettled([second()]);
			await until(() => isAnyoneWaiting(), { what: "the second command to wait for the first" });
			return { waiting };
		});
		return tally(await outcome.waiting);
	}

	const isAnyoneWaiting = async () =>
		(await shop.rows("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"))
			.length > 0;

	it("gives back a hold that commits while it is being restored", async () => {
		const outcome = await overlap(
			(tx) => reserve(tx, reservationId, [productId]),
			() => restore(crowd, reservationId),
		);

		expect(outcome).toEqual({ done: 1 });
		expect(await statusOf(reservationId)).toBe("released");
		expect(await shop.stockOf(productId)).toMatchObject({ available: 10, reserved: 0 });
	});

	it("holds once what the same command, sent twice, is holding", async () => {
		const send = (db: Queryable) => reserve(db, reservationId, [productId], 6);

		expect(await overlap(send, () => send(crowd))).toEqual({ done: 1 });
		expect(await shop.stockOf(productId)).toMatchObject({ available: 4, reserved: 6 });
	});

	it("refuses the reserve whose tombstone is being written", async () => {
		const outcome = await overlap(
			(tx) => restore(tx, reservationId),
			() => reserve(crowd, reservationId, [productId]),
		);

		expect(outcome).toEqual({ RESERVATION_ENDED: 1 });
		expect(await shop.stockOf(productId)).toMatchObject({ available: 10, reserved: 0 });
	});

	it("refuses to sell what is being given back, and restocks what is being sold", async () => {
		await reserve(crowd, reservationId, [productId]);
		expect(
			await overlap(
				(tx) => restore(tx, reservationId),
				() => commit(crowd, reservationId),
			),
		).toEqual({ RESERVATION_ENDED: 1 });

		const other = randomUUID();
		await reserve(crowd, other, [productId]);
		expect(
			await overlap(
				(tx) => commit(tx, other),
				() => restore(crowd, other),
			),
		).toEqual({ done: 1 });
		expect(await statusOf(other)).toBe("restocked");
	});

	it("sells once what is being sold, and gives back once what is being given back", async () => {
		await reserve(crowd, reservationId, [productId]);
		const twice = (step: (db: Queryable, id: string) => Promise<unknown>) =>
			overlap(
				(tx) => step(tx, reservationId),
				() => step(crowd, reservationId),
			);

		expect(await twice(commit)).toEqual({ done: 1 });
		expect(await twice(restore)).toEqual({ done: 1 });
		expect(await shop.stockOf(productId)).toMatchObject({ available: 10, reserved: 0, sold: 1 });
	});

	it("takes the stock that is being given back", async () => {
		const whole = randomUUID();
		await reserve(crowd, whole, [productId], 10);
		const outcome = await overlap(
			(tx) => restore(tx, whole),
			() => reserve(crowd, reservationId, [productId], 10),
		);

		expect(outcome).toEqual({ done: 1 });
	});
});

describe("the sweep", () => {
	it("leaves a hold to the command that works on it, and gives back the others", async () => {
		const { id } = await shop.product();
		const [busy, idle] = [randomUUID(), randomUUID()];
		for (const each of [busy, idle]) await reserve(crowd, each, [id], 1, inMinutes(-60));
		const sweep = () => releaseExpired(crowd, new Date(), [shop.service.newId(), shop.service.newId()]);

		await crowd.transaction(async (tx) => {
			await tx.query({ name: "spec.hold", text: "select from reservations where id = $1 for update" }, [busy]);
			expect(await sweep()).toBe(1);
		});
		expect([await statusOf(busy), await statusOf(idle)]).toEqual(["held", "released"]);
		expect(await sweep()).toBe(1);
	});
});
