import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { statement } from "../../../mixins/sql/database.ts";
import { until } from "../../../test/support/wait.ts";
import { ReturnStock } from "../../contracts/inventory.ts";
import { PaymentOutcomeUnknown, PaymentRefunded, RefundPart, RefundRefused } from "../../contracts/payments.ts";
import { Return } from "../../contracts/returns.ts";
import {
	announcedOf,
	caller,
	delivered,
	failing,
	loseLease,
	openShop,
	operation,
	resumeNow,
	sagasOf,
	settled,
	storedAnswer,
	TOTAL_CENTS,
} from "../orders.fixture.ts";
import type { OrdersNode, Shop } from "../orders.fixture.ts";
import { CUP, PLATE } from "../participants.fixture.ts";

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop.stop());

const admin = (from: OrdersNode = shop) => caller(from, "admin");
const cups = (quantity: number) => [{ productId: CUP.productId, quantity }];
const plates = (quantity: number) => [{ productId: PLATE.productId, quantity }];
const unitsBack = (returnId: string) => shop.participants.returned.get(returnId)?.units;

describe("asking for a return", () => {
	it("answers the return, which its owner and an admin can look at", async () => {
		const { id, userId, askReturn, getReturn } = await delivered(shop);
		const { result, meta } = await askReturn(id, cups(1));

		expect(Return.parse(result)).toEqual(result);
		expect(result).toMatchObject({
			...{ orderId: id, userId, status: "requested", reason: "too small", refundAmount: null },
			items: [{ productId: CUP.productId, name: "Cup", quantity: 1 }],
		});
		expect(meta).toMatchObject({ $version: 1 });
		await expect(getReturn(result)).resolves.toMatchObject({ result, meta: { $version: 1 } });
		await expect(admin().getReturn(result)).resolves.toMatchObject({ result });
	});

	it("moves neither stock nor money", async () => {
		const { id, askReturn } = await delivered(shop);
		const before = shop.participants.calls.length;
		await askReturn(id);

		expect(shop.participants.calls).toHaveLength(before);
		expect(await announcedOf(shop, id)).toHaveLength(4);
	});

	it("is nobody else's business", async () => {
		const { id, askReturn } = await delivered(shop);
		const { result } = await askReturn(id);
		const stranger = caller(shop);

		await expect(stranger.askReturn(id)).rejects.toMatchObject({ type: "ORDER_NOT_FOUND", code: 404 });
		await expect(stranger.getReturn(result)).rejects.toMatchObject({ code: 404 });
		await expect(stranger.returns(id)).rejects.toMatchObject({ code: 404 });
		await expect(admin().getReturn({ ...result, id: randomUUID() })).rejects.toMatchObject({
			type: "RETURN_NOT_FOUND",
		});
	});

	it("is refused before the order is delivered, and for more than there is", async () => {
		const customer = caller(shop);
		const placed = await customer.place("pm_card_visa");
		await expect(customer.askReturn(placed.result.id)).rejects.toMatchObject({ type: "ORDER_NOT_RETURNABLE" });

		const { id, askReturn } = await delivered(shop);
		await askReturn(id, cups(1));
		await expect(askReturn(id, cups(2))).rejects.toMatchObject({
			type: "RETURN_EXCEEDS_ORDER",
			data: { items: [{ productId: CUP.productId, returnable: 1 }] },
		});
		await askReturn(id);
		await expect(askReturn(id)).rejects.toMatchObject({ type: "NOTHING_TO_RETURN" });
	});

	it("is one return for an Idempotency-Key", async () => {
		const { id, askReturn, returns } = await delivered(shop);
		const given = operation();
		const first = await askReturn(id, cups(1), { operation: given });
		const second = await askReturn(id, cups(1), { operation: given });

		expect(second.meta.$replay).toEqual({ key: given.key, status: 201, body: JSON.stringify(first.result) });
		expect((await returns(id)).rows).toEqual([first.result]);
	});

	it("is one of two that want the same unit at once", async () => {
		const { id, askReturn } = await delivered(shop);
		const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => askReturn(id, plates(1))));

		expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
	});

	it("is listed, newest first, in pages and by cursor", async () => {
		const { id, askReturn, returns } = await delivered(shop);
		const [first, second] = [(await askReturn(id, cups(1))).result, (await askReturn(id, cups(1))).result];

		await expect(returns(id)).resolves.toMatchObject({ rows: [second, first], total: 2 });
		await expect(returns(id, { page: 2, pageSize: 1 })).resolves.toMatchObject({ rows: [first], total: 2 });
		const page = (await returns(id, { limit: 1 })) as { nextCursor: string };
		await expect(returns(id, { cursor: page.nextCursor })).resolves.toMatchObject({ rows: [first], nextCursor: null });
	});
});

describe("a return that is accepted", () => {
	it("puts its units back on sale, and gives exactly their price back", async () => {
		const { id, paymentId, askReturn, get } = await delivered(shop);
		const asked = (await askReturn(id, cups(1))).result;
		const { result, meta } = await admin().accept(asked);

		expect(result).toMatchObject({ status: "completed", refundAmount: 10.5, restock: true, reason: "too small" });
		expect(meta).toMatchObject({ $version: 3 });
		expect([unitsBack(asked.id), shop.participants.refundedCents(paymentId)]).toEqual([1, 1_050]);
		expect((await get(id)).result).toMatchObject({ status: "delivered", paymentStatus: "partially_refunded" });
	});

	it("leaves its units unsold when they are not to be sold again", async () => {
		const { id, paymentId, askReturn } = await delivered(shop);
		const asked = (await askReturn(id, cups(1))).result;
		const { result } = await admin().accept(asked, {}, false);

		expect(result).toMatchObject({ status: "completed", restock: false });
		expect([unitsBack(asked.id), shop.participants.refundedCents(paymentId)]).toEqual([undefined, 1_050]);
	});

	it("returns the order with its last unit, having given back exactly what it cost", async () => {
		const { id, paymentId, askReturn, get } = await delivered(shop);
		for (const items of [cups(1), plates(1), undefined]) await admin().accept((await askReturn(id, items)).result);

		expect((await get(id)).result).toMatchObject({ status: "returned", paymentStatus: "refunded" });
		expect(shop.participants.refundedCents(paymentId)).toBe(TOTAL_CENTS);
		expect((await announcedOf(shop, id)).slice(4)).toEqual(["order.updated"]);
	});

	it("is one acceptance when it is asked for twice, also under one Idempotency-Key", async () => {
		const { id, paymentId, askReturn } = await delivered(shop);
		const asked = (await askReturn(id, cups(1))).result;
		const given = operation();
		const first = await admin().accept(asked, { operation: given });
		const second = await admin().accept(asked, { operation: given });
		const third = await admin().accept(asked);

		expect(second.meta.$replay).toEqual({ key: given.key, status: 200, body: JSON.stringify(first.result) });
		expect(third.result).toEqual(first.result);
		expect(shop.participants.refundedCents(paymentId)).toBe(1_050);
	});

	it("counts its refund once when payments tells of it, before or after", async () => {
		const { id, paymentId, askReturn, get, events } = await delivered(shop);
		const asked = (await askReturn(id, cups(1))).result;
		const held = shop.participants.hold(RefundPart);
		const accepting = admin().accept(asked);
		await held.arrived;
		await told(id, paymentId, 10.5, `return ${asked.id}`);
		held.release();
		await accepting;
		await told(id, paymentId, 10.5, `return ${asked.id}`);
		await told(id, paymentId, 1, "sorry");

		expect((await events(id)).filter((type) => type === "refunded")).toHaveLength(2);
		expect((await get(id)).result).toMatchObject({ paymentStatus: "partially_refunded" });
	});

	it("gives back what is left when staff has refunded meanwhile", async () => {
		const { id, paymentId, askReturn } = await delivered(shop);
		const asked = (await askReturn(id)).result;
		shop.participants.refunds.set(randomUUID(), { paymentId, cents: TOTAL_CENTS - 100 });
		const { result } = await admin().accept(asked);

		expect(result).toMatchObject({ status: "completed", refundAmount: 1 });
		expect(shop.participants.refundedCents(paymentId)).toBe(TOTAL_CENTS);
	});

	it("cannot be accepted by the customer's word for it: a refused one stays refused", async () => {
		const { id, askReturn } = await delivered(shop);
		const asked = (await askReturn(id)).result;
		const { result } = await admin().refuse(asked, "it was worn");

		expect(result).toMatchObject({ status: "refused", refusal: "it was worn", reason: "too small" });
		await expect(admin().accept(asked)).rejects.toMatchObject({ type: "RETURN_DECIDED", data: { status: "refused" } });
		await expect(askReturn(id)).resolves.toMatchObject({ result: { status: "requested" } });
	});

	it("keeps the answer of a refusal for a repeated key", async () => {
		const { id, askReturn } = await delivered(shop);
		const asked = (await askReturn(id)).result;
		const given = operation();
		const { result } = await admin().refuse(asked, "worn", { operation: given });

		expect(await storedAnswer(shop, given.key)).toEqual({ status: 200, body: JSON.stringify(result) });
	});
});

describe("an accepted return goes forward until it is done", () => {
	it.each([
		["products are away", ReturnStock, new PaymentOutcomeUnknown()],
		["the outcome of the refund is not known", RefundPart, new PaymentOutcomeUnknown()],
	])("when %s", async (_, step, fault) => {
		const { id, paymentId, askReturn } = await delivered(shop);
		shop.participants.next(step, failing(fault));
		const { result } = await admin().accept((await askReturn(id, cups(1))).result);

		expect(result).toMatchObject({ status: "completed" });
		expect(shop.participants.refundedCents(paymentId)).toBe(1_050);
	});

	it("when the provider refuses the refund: it is asked for again later, under the same id", async () => {
		const { id, paymentId, askReturn, getReturn } = await delivered(shop);
		const asked = (await askReturn(id, cups(1))).result;
		const refused = failing(new RefundRefused({ reason: "balance too low" }));
		shop.participants.next(RefundPart, refused);
		await expect(admin().accept(asked)).resolves.toMatchObject({ result: { status: "accepted", refundAmount: 10.5 } });
		expect((await sagasOf(shop, id)).at(-1)).toMatchObject({ type: "return", state: "running", attempts: 1 });

		await resumeNow(shop);
		await settled(shop, id);
		expect((await getReturn(asked)).result).toMatchObject({ status: "completed" });
		expect(shop.participants.refundedCents(paymentId)).toBe(1_050);
		expect(shop.participants.refunds.has(asked.id)).toBe(true);
	});

	it("when its node falls silent: another one finishes it, and nothing is given back twice", async () => {
		const alone = await openShop();
		await alone.service.resuming.stop();
		const other = await alone.join();
		const { id, paymentId, askReturn, get } = await delivered(alone);
		const asked = (await askReturn(id)).result;
		const held = alone.participants.hold(RefundPart);
		const accepting = admin(alone).accept(asked);
		await held.arrived;
		await loseLease(alone);
		await resumeNow(other);
		await settled(other, id);
		held.release();
		await accepting;

		expect((await get(id)).result).toMatchObject({ status: "returned", paymentStatus: "refunded" });
		expect(alone.participants.refundedCents(paymentId)).toBe(TOTAL_CENTS);
		expect(alone.participants.returned.size).toBe(1);
		await alone.stop();
	});

	it("without keeping the client waiting", async () => {
		const slow = await openShop({ ORDER_ANSWER_WITHIN_MS: "50" });
		const { id, askReturn, getReturn } = await delivered(slow);
		const asked = (await askReturn(id)).result;
		const held = slow.participants.hold(ReturnStock);
		await expect(admin(slow).accept(asked)).resolves.toMatchObject({ result: { status: "accepted" } });

		held.release();
		await until(async () => (await getReturn(asked)).result.status === "completed");
		await slow.stop();
	});
});

describe("staff that moves a delivered order to returned", () => {
	it("takes all of it back: stock and money, as a return of its own", async () => {
		const { id, paymentId, returns, events } = await delivered(shop);
		const { result } = await admin().setStatus(id, "returned");

		expect(result).toMatchObject({ status: "returned", paymentStatus: "refunded" });
		const { rows } = await returns(id);
		expect(rows).toMatchObject([{ status: "completed", refundAmount: TOTAL_CENTS / 100, reason: null }]);
		expect([unitsBack(rows[0]!.id), shop.participants.refundedCents(paymentId)]).toEqual([3, TOTAL_CENTS]);
		expect((await events(id)).slice(7)).toEqual([
			...["returnRequested", "returnAccepted", "moved", "refunded", "returnCompleted"],
		]);
	});

	it("takes back the rest after some units came back, instead of what was only asked for", async () => {
		const { id, paymentId, askReturn, returns } = await delivered(shop);
		await admin().accept((await askReturn(id, cups(1))).result);
		await askReturn(id, plates(1));
		await admin().setStatus(id, "returned");

		expect((await returns(id)).rows.map(({ status }) => status)).toEqual(["completed", "superseded", "completed"]);
		expect(shop.participants.refundedCents(paymentId)).toBe(TOTAL_CENTS);
	});

	it("is told of it in one answer for one Idempotency-Key", async () => {
		const { id } = await delivered(shop);
		const given = operation();
		const { result } = await admin().setStatus(id, "returned", { operation: given });

		expect(await storedAnswer(shop, given.key)).toEqual({ status: 200, body: JSON.stringify(result) });
	});
});

/** Lets payments tell of a refund, and waits until orders have heard of it. */
async function told(orderId: string, paymentId: string, amount: number, reason: string): Promise<void> {
	const data = { paymentId, orderId, amount, currency: "EUR", reason, timestamp: new Date().toISOString() };
	const message = { id: randomUUID(), name: PaymentRefunded.name, version: 1, data, correlationId: "request" };
	await shop.bus.publish([
		{ ...message, aggregateType: "payment", aggregateId: paymentId, sequence: 1, causationId: null },
	]);
	await until(async () => (await shop.service.db.query(HEARD, [message.id])).length === 1);
}

const HEARD = statement("spec.heard", "select 1 from inbox where message_id = $1 and processed_at is not null");
