import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import { caller, delivered, openShop } from "../orders.fixture.ts";
import type { Shop } from "../orders.fixture.ts";
import { CUP } from "../participants.fixture.ts";
import { rebuildOrders } from "./rebuild-orders.ts";

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterEach(async () => {
	await rows("update sagas set state = 'done'");
	await rows("truncate orders, order_items, order_addresses, order_reasons, order_events");
});
afterAll(() => shop.stop());

const rows = <Row>(text: string, values: readonly unknown[] = []) =>
	shop.service.db.query<Row>(statement("", text), values);
const RIGHT = { differing: 0, missing: 0, broken: 0 };
const rebuild = (isTrial = false) => rebuildOrders(shop.service.db, { isTrial });
const stored = async (id: string) => (await rows("select * from orders where id = $1", [id]))[0];

/** An order of which a cup came back. */
async function eventful() {
	const customer = await delivered(shop);
	const asked = await customer.askReturn(customer.id, [{ productId: CUP.productId, quantity: 1 }]);
	await caller(shop, "admin").accept(asked.result);
	return customer;
}

describe("rebuilding orders", () => {
	it("finds nothing to do where every order is what its events tell", async () => {
		await eventful();
		await caller(shop).place();

		expect(await rebuild()).toMatchObject({ read: 2, ...RIGHT });
	});

	it.each([
		["a status", "update orders set status = 'shipped' where id = $1"],
		["a version", "update orders set version = 2 where id = $1"],
		["money that was given back", "update orders set refunded_amount = 0, payment_status = 'paid' where id = $1"],
		["returns", "update orders set returns = '[]' where id = $1"],
		["a line", "update order_items set quantity = 9 where order_id = $1 and line = 1"],
		["lines that are gone", "delete from order_items where order_id = $1"],
	])("puts right what was changed: %s", async (_, corruption) => {
		const { id, get } = await eventful();
		const [before, view] = [await stored(id), (await get(id)).result];
		await rows(corruption, [id]);

		expect(await rebuild()).toMatchObject({ read: 1, differing: 1 });
		expect(await stored(id)).toEqual(before);
		expect((await get(id)).result).toEqual(view);
		expect(await rebuild()).toMatchObject(RIGHT);
	});

	it("makes orders anew that are known by their events only, and goes on numbering their facts", async () => {
		const { id, get } = await eventful();
		const before = await stored(id);
		for (const table of ["order_items", "order_addresses", "order_reasons"])
			await rows(`delete from ${table} where order_id = $1`, [id]);
		await rows("delete from orders where id = $1", [id]);

		expect(await rebuild()).toMatchObject({ missing: 1 });
		expect(await stored(id)).toEqual(before);
		await caller(shop, "admin").setStatus(id, "returned");
		expect((await get(id)).result).toMatchObject({ status: "returned", shippingAddress: null });
	});

	it.each([
		["the last one", "delete from order_events where order_id = $1 and type = 'returnCompleted'"],
		["one in between", "delete from order_events where order_id = $1 and version = 2"],
		["all of them", "delete from order_events where order_id = $1"],
	])("leaves an order as it is whose events are gone: %s", async (_, corruption) => {
		const { id } = await eventful();
		await rows(corruption, [id]);
		const before = await stored(id);

		expect(await rebuild()).toMatchObject({ broken: 1 });
		expect(await stored(id)).toEqual(before);
	});

	it("only compares in a trial, and says what differs", async () => {
		const { id } = await eventful();
		await rows("update orders set status = 'shipped' where id = $1", [id]);
		const told: string[] = [];
		const onDifference = (orderId: string, what: string) => void told.push(`${orderId} ${what}`);

		const outcome = await rebuildOrders(shop.service.db, { isTrial: true, onDifference });
		expect(outcome).toMatchObject({ differing: 1 });
		expect(told).toEqual([`${id} its events tell otherwise of status`]);
		expect(await rebuild(true)).toMatchObject({ differing: 1 });
	});

	it("reads as many as there are, and tells how far it is", async () => {
		const { id } = await eventful();
		await rows(
			`insert into order_events (order_id, version, type, data, occurred_at)
			select copy, version, type, data, occurred_at
			from order_events cross join (select gen_random_uuid() as copy from generate_series(1, 450)) as copies
			where order_id = $1`,
			[id],
		);
		const progress: number[] = [];

		const outcome = await rebuildOrders(shop.service.db, { onProgress: (count) => progress.push(count) });
		expect(outcome).toMatchObject({ read: 451, missing: 450 });
		expect(progress).toEqual([200, 400, 451]);
		expect(await rebuild(true)).toMatchObject({ read: 451, ...RIGHT });
	});

	it("does not stand in the way of orders that are placed and changed meanwhile", async () => {
		let isDone = false;
		const customers = Array.from({ length: 4 }, async () => {
			while (!isDone) {
				const { place, cancel } = caller(shop);
				await cancel((await place("pm_card_visa")).result.id);
			}
		});
		for (let round = 0; round < 10; round++) expect(await rebuild()).toMatchObject(RIGHT);
		isDone = true;
		await Promise.all(customers);

		expect(await rebuild(true)).toMatchObject(RIGHT);
	});
});
