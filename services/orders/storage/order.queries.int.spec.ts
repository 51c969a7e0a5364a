import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { listed } from "../../../mixins/paging.ts";
import { statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import type { PagingParams } from "../../contracts/paging.ts";
import { cancel } from "../domain/move.ts";
import { ADDRESS, newOrder, openOrderStore, save, stored } from "./order-store.fixture.ts";
import type { OrderStore } from "./order-store.fixture.ts";
import { findAddresses, findOrder, findOrders, historyOf, pingDatabase } from "./order.queries.ts";
import type { OrderFilter } from "./order.queries.ts";

let store: OrderStore;
let db: Database;
beforeAll(async () => {
	store = await openOrderStore();
	db = store.db;
});
afterAll(() => store.close());

const ERASE = statement("spec.erase", "delete from order_addresses where order_id = $1");
const at = (day: number) => new Date(Date.UTC(2026, 0, day));

describe("findOrder", () => {
	it("finds an order for its owner and for whoever is bound to nobody", async () => {
		const { order } = await stored(db);
		const found = { id: order.id, order, shipping: ADDRESS, billing: ADDRESS };

		await expect(findOrder(db, order.id, order.userId)).resolves.toEqual(found);
		await expect(findOrder(db, order.id, null)).resolves.toEqual(found);
	});

	it("finds nothing for anybody else", async () => {
		const { order } = await stored(db);

		await expect(findOrder(db, order.id, randomUUID())).resolves.toBeUndefined();
	});

	it("keeps the fields of an address in the order they came in, so that replays are the same to the byte", async () => {
		const { order } = await stored(db);

		const { shipping } = await findAddresses(db, order.id);
		expect(JSON.stringify(shipping)).toBe(JSON.stringify(ADDRESS));
	});

	it("finds an order whose addresses were erased", async () => {
		const { order } = await stored(db);
		await db.query(ERASE, [order.id]);

		await expect(findOrder(db, order.id, null)).resolves.toMatchObject({ order, shipping: null, billing: null });
		await expect(findAddresses(db, order.id)).resolves.toEqual({ shipping: null, billing: null });
	});
});

describe("findOrders", () => {
	const userId = randomUUID();
	const ids: string[] = [];
	beforeAll(async () => {
		for (const day of [1, 2, 3, 4, 5]) {
			const { order } = await stored(db, newOrder({ userId, paymentId: null, at: at(day) }));
			ids.unshift(order.id);
			if (day === 2) await save(db, order, cancel(order, at(6).toISOString()));
		}
		await stored(db, newOrder({ paymentId: null, at: at(3) }));
	});

	const list = (paging: PagingParams, filter: Partial<OrderFilter> = {}) => {
		const whole: OrderFilter = { userId, ...filter };
		return listed(paging, whole, (slice) => findOrders(db, whole, slice));
	};
	const idsOf = async (...asked: Parameters<typeof list>) => (await list(...asked)).rows.map(({ id }) => id);

	it("lists a user's orders, newest first", async () => {
		await expect(idsOf({})).resolves.toEqual(ids);
	});

	it("lists everybody's for whoever is bound to nobody", async () => {
		const all = await idsOf({ pageSize: 100 }, { userId: null });

		expect(all).toEqual(expect.arrayContaining(ids));
		expect(all.length).toBeGreaterThan(ids.length);
	});

	it("reads numbered pages with the total", async () => {
		await expect(list({ page: 2, pageSize: 2 })).resolves.toMatchObject({
			rows: [{ id: ids[2] }, { id: ids[3] }],
			total: 5,
			totalPages: 3,
		});
	});

	it("reads on from a cursor until there is none", async () => {
		const first = (await list({ limit: 3 })) as { nextCursor: string };
		const second = await list({ limit: 3, cursor: first.nextCursor });

		expect(first).toMatchObject({ rows: [{ id: ids[0] }, { id: ids[1] }, { id: ids[2] }] });
		expect(second).toMatchObject({ rows: [{ id: ids[3] }, { id: ids[4] }], nextCursor: null });
	});

	it("refuses the cursor of another filter", async () => {
		const { nextCursor } = (await list({ limit: 1 })) as { nextCursor: string };

		await expect(list({ cursor: nextCursor }, { status: "pending" })).rejects.toMatchObject({
			type: "VALIDATION_FAILED",
		});
	});

	it.each([
		["a status", { status: "cancelled" }, [3]],
		["a first moment, included", { from: at(3).toISOString() }, [0, 1, 2]],
		["a last moment, excluded", { to: at(3).toISOString() }, [3, 4]],
		["both and a status", { status: "pending", from: at(1).toISOString(), to: at(3).toISOString() }, [4]],
	] as const)("filters by %s", async (_, filter, expected) => {
		const { rows, total } = (await list({}, filter)) as { rows: { id: string }[]; total: number };

		expect(rows.map(({ id }) => id)).toEqual(expected.map((index) => ids[index]));
		expect(total).toBe(expected.length);
	});
});

describe("historyOf", () => {
	it("tells everything that happened, oldest first", async () => {
		const { order } = await stored(db);
		await save(db, order, cancel(order, at(7).toISOString(), "changed my mind"));

		await expect(historyOf(db, order.id, order.userId)).resolves.toMatchObject([
			{ version: 1, type: "placed", data: { totalCents: order.totalCents } },
			{ version: 2, type: "paymentStarted" },
			{ version: 3, type: "cancelled", data: { reason: "changed my mind" }, occurredAt: at(7).toISOString() },
		]);
	});

	it("is empty for another customer's order", async () => {
		const { order } = await stored(db);

		await expect(historyOf(db, order.id, randomUUID())).resolves.toEqual([]);
	});

	it("holds no address", async () => {
		const { order } = await stored(db);

		expect(JSON.stringify(await historyOf(db, order.id, null))).not.toContain(ADDRESS.line1);
	});
});

describe("pingDatabase", () => {
	it("answers when the database does", async () => {
		await expect(pingDatabase(db)).resolves.toBeUndefined();
	});
});
