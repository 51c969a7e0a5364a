import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import type { Database } from "../../../mixins/sql/database.ts";
import { ADDRESS, openOrderStore, stored } from "./order-store.fixture.ts";
import type { OrderStore } from "./order-store.fixture.ts";
import { findAddresses, findOrder, pingDatabase } from "./order.queries.ts";

let store: OrderStore;
let db: Database;
beforeAll(async () => {
	store = await openOrderStore();
	db = store.db;
});
afterAll(() => store.close());

const ERASE = statement("spec.erase", "delete from order_addresses where order_id = $1");

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

describe("pingDatabase", () => {
	it("answers when the database does", async () => {
		await expect(pingDatabase(db)).resolves.toBeUndefined();
	});
});
