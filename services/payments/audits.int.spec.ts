import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { randomUUID } from "node:crypto";
import { query } from "../../mixins/define-service.ts";
import { statement } from "../../mixins/sql/database.ts";
import { call } from "../contracts/action.ts";
import { auditOf, KnownOrders, MoneyOfOrders } from "../contracts/integrity.ts";
import { paymentOf, startPayments } from "./payments.fixture.ts";
import type { RunningPayments } from "./payments.fixture.ts";

let payments: RunningPayments;
/** Orders that the stubbed orders service does not know. */
const unknown = new Set<string>();

const rows = <Row>(text: string, values: readonly unknown[] = []) =>
	payments.service.db.query<Row>(statement("", text), values);

beforeAll(async () => {
	payments = await startPayments({ INTEGRITY_SETTLE_MS: "0" });
	const known = query(KnownOrders, async ({ params }) => params.orderIds.filter((id) => !unknown.has(id)));
	payments.broker.createService({ name: "orders", actions: { known } });
	await payments.broker.waitForServices("orders");
});
beforeEach(async () => {
	unknown.clear();
	await unguarded("delete from transfers");
	await rows("delete from refunds");
	await rows("delete from payments");
});
afterAll(() => payments.stop());

/** As somebody does who thinks he may. */
async function unguarded(text: string, values: readonly unknown[] = []): Promise<void> {
	await rows("alter table transfers disable trigger all");
	await rows(text, values);
	await rows("alter table transfers enable trigger all");
}

const audit = () => call(payments.broker, auditOf("payments"), {});
const findings = async () => (await audit()).findings.map(({ kind, subject }) => `${kind} ${subject}`);

async function captured() {
	const payment = paymentOf(payments);
	await payment.authorize();
	await payment.capture();
	return payment;
}

async function refunded() {
	const payment = await captured();
	await payment.refund(3);
	return payment;
}

describe("the audit of payments", () => {
	it("finds nothing in payments of every kind", async () => {
		await refunded();
		await (await captured()).reverse();
		const voided = paymentOf(payments);
		await voided.authorize();
		await voided.reverse();
		await paymentOf(payments)
			.authorize("pm_card_chargeDeclined")
			.catch(() => undefined);
		const free = paymentOf(payments);
		await free.authorize("pm_card_visa", { amountCents: 0 });
		await free.capture();

		expect(await audit()).toEqual({ findings: [], isComplete: true, unchecked: [], checked: 10 });
	});

	it.each([
		["a capture that is not in the ledger", "delete from transfers where payment_id = $1 and refund_id is null"],
		[
			"a capture of another amount",
			"update transfers set amount_cents = 1 where payment_id = $1 and refund_id is null",
		],
		["a capture in another currency", "update transfers set currency = 'USD' where payment_id = $1"],
		["a capture between other accounts", "update transfers set debit_account = 'cash' where payment_id = $1"],
		["a refund that is not in the ledger", "delete from transfers where payment_id = $1 and refund_id is not null"],
		["a refund that the payment does not know", "update payments set refunded_amount = 0 where id = $1"],
		["a refund that was undone by hand", "update refunds set status = 'refused' where payment_id = $1"],
		["a taken payment that is called voided", "update payments set status = 'voided' where id = $1"],
		["a payment of another amount", "update payments set amount = amount + 1 where id = $1"],
	])("finds %s", async (_what, corruption) => {
		const { paymentId } = await refunded();
		await captured();
		await unguarded(corruption, [paymentId]);

		expect(await findings()).toEqual([`ledger-mismatch payment ${paymentId}`]);
	});

	it("finds a second payment of an order, which only a dropped index allows", async () => {
		const [first, second] = [await captured(), await captured()];
		await rows("drop index payments_one_per_order");
		await rows("update payments set order_id = $1 where id = $2", [first.orderId, second.paymentId]);

		const doubled = [first, second].map(({ paymentId }) => `capture-doubled payment ${paymentId}`);
		expect((await findings()).toSorted()).toEqual(doubled.toSorted());
		await rows("update payments set order_id = $1 where id = $2", [second.orderId, second.paymentId]);
		await rows(
			`create unique index payments_one_per_order on payments (order_id)
				where status not in ('voided', 'failed') and not is_late`,
		);
	});

	it("finds a payment of an order that does not exist, and forgives one that took nothing", async () => {
		const [payment, voided] = [await captured(), paymentOf(payments)];
		await voided.authorize();
		await voided.reverse();
		unknown.add(payment.orderId).add(voided.orderId);

		expect((await audit()).findings).toEqual([
			{
				kind: "payment-orphan",
				subject: `payment ${payment.paymentId}`,
				detail: `is captured, and its order ${payment.orderId} does not exist`,
				since: expect.any(String),
			},
		]);
	});
});

describe("the money of orders, asked for by orders", () => {
	const ask = (orderIds: string[], settledBefore = new Date(Date.now() + 60_000).toISOString()) =>
		call(payments.broker, MoneyOfOrders, { orderIds, settledBefore });

	it("is what was taken less what was given back, in minor units", async () => {
		const [whole, part] = [await captured(), await refunded()];

		expect(
			(await ask([whole.orderId, part.orderId, randomUUID()])).toSorted((a, b) => a.netCents - b.netCents),
		).toEqual([
			{ orderId: part.orderId, netCents: 750, isOpen: false, isSettled: true },
			{ orderId: whole.orderId, netCents: 1050, isOpen: false, isSettled: true },
		]);
	});

	it("is open while it is only held, and nothing once it was let go", async () => {
		const payment = paymentOf(payments);
		await payment.authorize();
		expect(await ask([payment.orderId])).toMatchObject([{ netCents: 0, isOpen: true }]);

		await payment.reverse();
		expect(await ask([payment.orderId])).toEqual([]);
	});

	it("is not settled when it moved a moment ago, or while a refund is under way", async () => {
		const [young, refunding] = [await captured(), await refunded()];
		await rows("update refunds set status = 'pending', attempt_after = now() + interval '1 h' where payment_id = $1", [
			refunding.paymentId,
		]);

		expect(await ask([young.orderId], new Date(Date.now() - 60_000).toISOString())).toMatchObject([
			{ isSettled: false },
		]);
		expect(await ask([refunding.orderId])).toMatchObject([{ isSettled: false }]);
	});
});
