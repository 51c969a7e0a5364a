import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { listed } from "../../../mixins/paging.ts";
import type { Slice } from "../../../mixins/paging.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import type { PagingParams } from "../../contracts/paging.ts";
import { cancel } from "../domain/move.ts";
import { replayed } from "../domain/order.ts";
import { BY_VERSION, findHistory, historiesOf, historyUntil } from "./history.queries.ts";
import { ADDRESS, newOrder, openOrderStore, save, stored } from "./order-store.fixture.ts";
import type { OrderStore } from "./order-store.fixture.ts";

let store: OrderStore;
let db: Database;
beforeAll(async () => {
	store = await openOrderStore();
	db = store.db;
});
afterAll(() => store.close());

const at = (day: number) => new Date(Date.UTC(2026, 0, day)).toISOString();

/** Placed on the first with a payment, cancelled on the third. */
async function cancelled(reason?: string) {
	const { order } = await stored(db, newOrder({ at: new Date(at(1)) }));
	const decision = cancel(order, at(3));
	await save(db, order, decision, reason === undefined ? undefined : { reason: { text: reason } });
	return decision.state;
}

function page(id: string, paging: PagingParams, ownerId: string | null = null) {
	const find = async (slice: Slice) => (await findHistory(db, id, ownerId, slice)) ?? { rows: [], total: 0 };
	return listed(paging, { id }, find, BY_VERSION);
}

describe("the history of an order", () => {
	it("tells everything that happened, oldest first, with what somebody wrote", async () => {
		const { id, userId, totalCents } = await cancelled("changed my mind");

		await expect(page(id, {}, userId)).resolves.toMatchObject({
			rows: [
				{ version: 1, type: "placed", data: { totalCents } },
				{ version: 2, type: "paymentStarted" },
				{ version: 3, type: "cancelled", data: { reason: "changed my mind" }, occurredAt: at(3) },
			],
			total: 3,
		});
	});

	it("falls back on the system's own reason when nobody wrote one", async () => {
		const { id } = await cancelled();

		expect((await page(id, {})).rows.at(-1)).toMatchObject({ data: { reason: "cancelled on request" } });
	});

	it("is read in pages and by cursor", async () => {
		const { id } = await cancelled();
		const first = (await page(id, { limit: 2 })) as { rows: object[]; nextCursor: string };
		const second = await page(id, { limit: 2, cursor: first.nextCursor });

		expect(first.rows).toMatchObject([{ version: 1 }, { version: 2 }]);
		expect(second).toMatchObject({ rows: [{ version: 3 }], nextCursor: null });
		await expect(page(id, { page: 2, pageSize: 2 })).resolves.toMatchObject({ rows: [{ version: 3 }], total: 3 });
		await expect(page(id, { page: 9 })).resolves.toMatchObject({ rows: [], total: 3 });
	});

	it.each([
		["no number", (id: string, hash: string) => `${id}.${hash}.a`],
		["a greater number than there can be", (id: string, hash: string) => `${id}.${hash}.2147483648`],
		["nothing", (id: string, hash: string) => `${id}.${hash}`],
		["no number within the id", (_: string, hash: string) => `00000000-0000-0000-0000-00000000000a.${hash}`],
	])("refuses a made-up cursor that has %s for a version", async (_what, forge) => {
		const { id } = await cancelled();
		const { nextCursor } = (await page(id, { limit: 1 })) as { nextCursor: string };
		const [row = "", hash = ""] = Buffer.from(nextCursor, "base64url").toString().split(".");
		const cursor = Buffer.from(forge(row, hash)).toString("base64url");

		await expect(page(id, { cursor })).rejects.toMatchObject({
			type: "VALIDATION_FAILED",
			data: { errors: [{ path: "cursor" }] },
		});
	});

	it("does not exist for another customer", async () => {
		const { id } = await cancelled();

		const slice = { afterId: null, limit: 9, offset: 0, isCounted: true };
		await expect(findHistory(db, id, randomUUID(), slice)).resolves.toBeUndefined();
		await expect(historyUntil(db, id, randomUUID(), at(9))).resolves.toEqual([]);
	});

	it("holds no address, and no word of its customer", async () => {
		const { id } = await cancelled("Ada moved");
		const events = await historyUntil(db, id, null, at(9));

		expect(JSON.stringify(events)).not.toMatch(/Ada moved/);
		expect(JSON.stringify(events)).not.toContain(ADDRESS.line1);
	});

	it("is told of many orders at once", async () => {
		const [one, other] = [await cancelled("one"), await cancelled()];
		const histories = await historiesOf(db, [one.id, other.id]);

		expect([histories.get(one.id)?.length, histories.get(other.id)?.length]).toEqual([3, 3]);
		expect(histories.get(one.id)?.at(-1)).toMatchObject({ data: { reason: "one" } });
	});
});

describe("an order at a moment", () => {
	it.each([
		["before it was placed", at(0), undefined],
		["in the moment it was placed", at(1), "pending"],
		["between two events", at(2), "pending"],
		["in the moment of the last one", at(3), "cancelled"],
		["after all of them", at(9), "cancelled"],
	])("is what its events had made of it: %s", async (_, moment, status) => {
		const { id, userId } = await cancelled();

		expect(replayed(id, await historyUntil(db, id, userId, moment))?.status).toBe(status);
	});

	it("ends before the first event that came later, where two clocks disagree", async () => {
		const { order } = await stored(db, newOrder({ at: new Date(at(5)) }));
		await save(db, order, cancel(order, at(4)));

		expect(await historyUntil(db, order.id, null, at(4))).toEqual([]);
		expect(await historyUntil(db, order.id, null, at(5))).toHaveLength(3);
	});
});
