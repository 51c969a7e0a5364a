import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { statement } from "../../mixins/sql/database.ts";
import { until } from "../../test/support/wait.ts";
import { call } from "../contracts/action.ts";
import { CapturePayment } from "../contracts/payments.ts";
import { auditOf, KnownOrders } from "../contracts/integrity.ts";
import { caller, delivered, openShop, settled } from "./orders.fixture.ts";
import type { Shop } from "./orders.fixture.ts";
import { CUP, PLATE } from "./participants.fixture.ts";

let shop: Shop;
beforeAll(async () => {
	shop = await openShop({ INTEGRITY_SETTLE_MS: "0" });
});
beforeEach(() => {
	shop.participants.isSettled = true;
});
afterEach(async () => {
	await rows("update sagas set state = 'done'");
	await rows(
		"truncate orders, order_items, order_addresses, order_reasons, order_events, sagas, outbox, inbox, operations, order_answers",
	);
});
afterAll(() => shop.stop());

const rows = <Row>(text: string, values: readonly unknown[] = []) =>
	shop.service.db.query<Row>(statement("", text), values);
const audit = () => call(shop.broker, auditOf("orders"), {});
/** So many findings, as soon as what was just done counts as settled. */
async function found(count = 1): Promise<string[]> {
	const { findings } = await until(async () => {
		const report = await audit();
		return report.findings.length === count && report;
	});
	return findings.map(({ kind, subject }) => `${kind} ${subject}`).toSorted();
}

async function confirmed() {
	const { result } = await caller(shop).place("pm_card_visa");
	return result;
}

async function cancelled() {
	const ada = caller(shop);
	const { result } = await ada.place("pm_card_visa");
	await ada.cancel(result.id);
	await settled(shop, result.id);
	return result;
}

describe("the audit of orders", () => {
	it("finds nothing in orders of every kind, nor in those whose sagas are in flight", async () => {
		await confirmed();
		await cancelled();
		await caller(shop).place();
		const held = shop.participants.hold(CapturePayment);
		const placing = confirmed();
		await held.arrived;

		expect(await audit()).toEqual({ findings: [], isComplete: true, unchecked: [], checked: 8 });
		held.release();
		await placing;
	});

	it.each([
		["an event that was deleted", "delete from order_events where order_id = $1 and version = 2", "order-history"],
		[
			"a last event that was deleted",
			"delete from order_events where order_id = $1 and type = 'paid'",
			"order-history",
		],
		["an order without events", "delete from order_events where order_id = $1", "order-history"],
		["a status that no event gave", "update orders set payment_status = 'refunded' where id = $1", "order-projection"],
		[
			"a line that was changed",
			"update order_items set quantity = 9 where order_id = $1 and line = 1",
			"order-projection",
		],
		[
			"an event that was changed",
			`update order_events set data = data || '{"currency": "USD"}' where order_id = $1 and version = 1`,
			"order-projection",
		],
	])("finds %s", async (_what, corruption, kind) => {
		await confirmed();
		const { id } = await confirmed();
		await rows(corruption, [id]);

		expect(await found()).toEqual([`${kind} order ${id}`]);
	});

	it("finds events whose order is gone", async () => {
		const { id } = await confirmed();
		for (const table of ["order_items", "order_addresses"])
			await rows(`delete from ${table} where order_id = $1`, [id]);
		await rows("delete from orders where id = $1", [id]);

		expect(await found()).toEqual([`order-history order ${id}`]);
	});

	it("finds a living order without its money, and one that has ended with it", async () => {
		const [living, ended] = [await confirmed(), await cancelled()];
		shop.participants.money.set(living.paymentId!, "voided");
		shop.participants.money.set(ended.paymentId!, "captured");

		expect(await found(2)).toEqual(
			[`capture-mismatch order ${living.id}`, `capture-mismatch order ${ended.id}`].toSorted(),
		);
	});

	it("finds a payment that is still held though its order has ended", async () => {
		const { id, paymentId } = await cancelled();
		shop.participants.money.set(paymentId!, "authorized");

		expect(await found()).toEqual([`payment-open order ${id}`]);
	});

	it("finds a living order whose stock was given back, and one that has ended with stock", async () => {
		const [living, ended] = [await confirmed(), await cancelled()];
		shop.participants.stock.set(living.id, "given back");
		shop.participants.stock.set(ended.id, "sold");

		expect(await found(2)).toEqual(
			[`reservation-mismatch order ${living.id}`, `reservation-mismatch order ${ended.id}`].toSorted(),
		);
	});

	it("understands returns: units that are sold again, units that are not, and orders that were returned", async () => {
		const [kept, gone] = [await delivered(shop), await delivered(shop)];
		const admin = caller(shop, "admin");
		await admin.accept((await kept.askReturn(kept.id, [{ productId: CUP.productId, quantity: 1 }])).result);
		await admin.accept(
			(await kept.askReturn(kept.id, [{ productId: PLATE.productId, quantity: 1 }])).result,
			{},
			false,
		);
		await admin.setStatus(gone.id, "returned");
		shop.participants.stock.set(gone.id, "restocked");

		expect((await audit()).findings).toEqual([]);
	});

	it.each([
		["a unit that came back and is not sold again", () => shop.participants.returned.clear()],
		["a refund of a return that payments do not know", () => shop.participants.refunds.clear()],
	])("finds %s", async (what, corrupt) => {
		const { id, askReturn } = await delivered(shop);
		await caller(shop, "admin").accept((await askReturn(id, [{ productId: CUP.productId, quantity: 1 }])).result);
		corrupt();

		const kind = what.startsWith("a unit") ? "reservation-mismatch" : "capture-mismatch";
		expect(await found()).toEqual([`${kind} order ${id}`]);
	});

	it("finds a return that its events do not tell of", async () => {
		const { id, askReturn } = await delivered(shop);
		await askReturn(id);
		await rows(`update orders set returns = jsonb_set(returns, '{0,status}', '"completed"') where id = $1`, [id]);

		expect(await found()).toContain(`order-projection order ${id}`);
	});

	it("finds a pending order that no saga works on", async () => {
		const { result } = await caller(shop).place();
		await rows("delete from sagas");

		expect(await found()).toEqual([`order-stuck order ${result.id}`]);
	});

	it("finds a saga that was in trouble too often, and one that nobody runs", async () => {
		const [troubled, idle] = [(await caller(shop).place()).result, (await caller(shop).place()).result];
		await rows(
			"update sagas set needs_attention = true, attempts = 9, last_error = 'Error: no' where subject_id = $1",
			[troubled.id],
		);
		await rows(
			"update sagas set type = 'gone', next_run_at = now() - interval '1 h', lease_until = now() - interval '1 h' where subject_id = $1",
			[idle.id],
		);

		const { findings } = await audit();
		expect(findings.map(({ kind }) => kind)).toEqual(["saga-overdue", "saga-overdue"]);
		expect(findings.map(({ detail }) => detail).toSorted()).toEqual([
			`gone of ${idle.id} is running at "expire the hold" after 0 faults`,
			`hold of ${troubled.id} is running at "expire the hold" after 9 faults: Error: no`,
		]);
	});

	it("leaves alone what has not rested yet, here or there", async () => {
		const { id, paymentId } = await cancelled();
		shop.participants.money.set(paymentId!, "captured");
		expect(await found()).toEqual([`capture-mismatch order ${id}`]);

		shop.participants.isSettled = false;
		expect((await audit()).findings).toEqual([]);
		shop.participants.isSettled = true;
		await rows("update sagas set finished_at = now() + interval '1 minute'");
		expect((await audit()).findings).toEqual([]);
	});

	it("looks at every order, however many chunks that takes", async () => {
		const { id } = await confirmed();
		await rows(
			`with made as (
				insert into orders (id, number, user_id, status, total_amount, currency, version, created_at, updated_at)
				select gen_random_uuid(), 'N' || n, gen_random_uuid(), 'rejected', 0, 'EUR', 1, now(), now()
				from generate_series(1, 450) as n returning id)
			insert into order_events (order_id, version, type, data, occurred_at) select id, 1, 'placed', '{}', now() from made`,
		);
		await rows("delete from order_events where order_id = $1 and version = 1", [id]);

		const report = await audit();
		expect(report.findings).toContainEqual(expect.objectContaining({ kind: "order-history", subject: `order ${id}` }));
		expect(report).toMatchObject({ isComplete: true, checked: 2 * 451 });
	});
});

describe("other services", () => {
	it("learn which orders exist", async () => {
		const { id } = await confirmed();

		expect(await call(shop.broker, KnownOrders, { orderIds: [id, shop.service.newId()] })).toEqual([id]);
	});
});
