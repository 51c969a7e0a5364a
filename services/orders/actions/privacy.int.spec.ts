import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import { call } from "../../contracts/action.ts";
import { AuthorizePayment } from "../../contracts/payments.ts";
import { eraseOf, exportOf } from "../../contracts/privacy.ts";
import { ADDRESS, caller, delivered, openShop, operation, storedAnswer } from "../orders.fixture.ts";
import type { Shop } from "../orders.fixture.ts";

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop.stop());

const erase = (userId: string) => call(shop.broker, eraseOf("orders"), { userId });
const exportOfUser = async (userId: string) => (await call(shop.broker, exportOf("orders"), { userId })).data;
const admin = () => caller(shop, "admin");

const TEXT_COLUMNS = statement<{ table: string; column: string }>(
	"spec.textColumns",
	`select table_name as "table", column_name as "column" from information_schema.columns
	where table_schema = 'public' and data_type in ('text', 'json', 'jsonb', 'ARRAY')`,
);

/** Tables of the service in which a text stands anywhere. */
async function placesOf(text: string): Promise<string[]> {
	const columns = await shop.service.db.query(TEXT_COLUMNS);
	const asked = columns.map(async ({ table, column }, index) => {
		const sql = `select 1 from ${table} where ${column}::text like '%${text}%' limit 1`;
		const rows = await shop.service.db.query(statement(`spec.places.${index}.${text.slice(0, 12)}`, sql));
		return rows.length === 0 ? [] : [`${table}.${column}`];
	});
	return (await Promise.all(asked)).flat();
}

/** A customer who has left his address and his words wherever he can. */
async function talkative() {
	const meta = () => ({ operation: operation() });
	const customer = await delivered(shop);
	const words = `words-${customer.userId}`;
	const placed = meta();
	await customer.place("pm_card_visa", placed);
	const cancelled = (await customer.place("pm_card_visa")).result;
	await customer.cancel(cancelled.id, meta(), words);
	const shipped = (await customer.place("pm_card_visa")).result;
	await admin().setStatus(shipped.id, "processing", meta());
	const asked = (await customer.askReturn(customer.id, undefined, meta(), words)).result;
	const refused = await admin().refuse(asked, words, meta());
	const pending = (await customer.place()).result;
	await customer.pay(pending.id, meta(), "pm_card_visa");
	await shop.service.db.query(DEAD_LETTER, [
		JSON.stringify({ data: { orderId: cancelled.id, paymentId: cancelled.paymentId, reason: words } }),
	]);
	return { ...customer, words, key: placed.operation.key, refused: refused.result };
}

const DEAD_LETTER = statement(
	"spec.deadLetter",
	`insert into inbox (consumer, message_id, message, dead_at)
	values ('orders.recordRefund', gen_random_uuid(), $1, now())`,
);

describe("erasing a user", () => {
	it("leaves none of his words, addresses and payment methods in any table", async () => {
		const { userId, words } = await talkative();
		expect((await placesOf(words)).toSorted()).toEqual(["inbox.message", "operations.body", "order_reasons.text"]);

		await erase(userId);
		expect(await placesOf(words)).toEqual([]);
		expect(await placesOf(ADDRESS.line1)).toEqual([]);
		expect(await placesOf("pm_card_visa")).toEqual([]);
	});

	it("keeps his orders, their events and their money", async () => {
		const { userId, list, get, getReturn, refused } = await talkative();
		const before = await list();
		await erase(userId);

		const after = await list();
		const without = before.rows.map((order) => ({ ...order, shippingAddress: null, billingAddress: null }));
		expect(after.rows).toEqual(without);
		expect((await get(before.rows[0]!.id)).result).toEqual(without[0]);
		expect((await getReturn(refused)).result).toEqual({ ...refused, reason: null, refusal: null });
	});

	it("keeps what was answered to a key, without what tells who he is", async () => {
		const { userId, key } = await talkative();
		await erase(userId);

		const { status, body } = (await storedAnswer(shop, key))!;
		expect(status).toBe(201);
		expect(JSON.parse(body ?? "")).toMatchObject({ userId, shippingAddress: null, status: "confirmed" });
	});

	it("touches nobody else, and changes nothing when it is done again or nobody is there", async () => {
		const { userId } = await talkative();
		const other = await talkative();
		await erase(userId);
		await erase(userId);
		await erase(randomUUID());

		expect(await placesOf(other.words)).toHaveLength(3);
		expect((await other.list()).rows[0]).toMatchObject({ shippingAddress: ADDRESS });
		await erase(other.userId);
	});

	it("waits for an order that is being paid", async () => {
		const customer = caller(shop);
		const held = shop.participants.hold(AuthorizePayment);
		const placing = customer.place("pm_card_visa");
		await held.arrived;
		await expect(erase(customer.userId)).rejects.toMatchObject({ type: "SERVICE_BUSY", retryable: true });

		held.release();
		await placing;
		await expect(erase(customer.userId)).resolves.toBeNull();
	});
});

describe("exporting a user", () => {
	it("shows all of his orders with their addresses, history and returns, and nobody else's", async () => {
		const { userId, words, id, refused } = await talkative();
		const { orders } = (await exportOfUser(userId)) as { orders: { id: string }[] };

		expect(orders).toHaveLength(5);
		expect(orders.find((order) => order.id === id)).toMatchObject({
			...{ status: "delivered", shippingAddress: ADDRESS, returns: [refused] },
			events: expect.arrayContaining([expect.objectContaining({ type: "returnRefused", data: expect.anything() })]),
		});
		expect(JSON.stringify(orders)).toContain(words);
		await expect(exportOfUser(randomUUID())).resolves.toEqual({ orders: [] });
	});

	it("reads as many as there are, a hundred at a time", async () => {
		const { userId, list } = await talkative();
		const template = (await list()).rows[0]!.id;
		await shop.service.db.query(COPY, [template]);

		expect((await exportOfUser(userId)).orders).toHaveLength(5 + 230);
	});
});

const COPY = statement(
	"spec.copy",
	`with copied as (
		insert into orders (id, number, user_id, total_amount, currency, version, created_at, updated_at)
		select gen_random_uuid(), number, user_id, total_amount, currency, 1, created_at, updated_at
		from orders cross join generate_series(1, 230) where id = $1 returning id)
	insert into order_items (order_id, line, product_id, name, quantity, unit_price, total_price)
	select id, 1, gen_random_uuid(), 'Thing', 1, 1, 1 from copied`,
);
