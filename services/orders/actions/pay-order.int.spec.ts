import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { until } from "../../../test/support/wait.ts";
import { OutOfStock, ReservationEnded, ReserveStock, RestoreStock } from "../../contracts/inventory.ts";
import { PayOrder, PlaceOrder } from "../../contracts/orders.ts";
import { AuthorizePayment, CapturePayment, PaymentDeclined, PaymentNotCapturable } from "../../contracts/payments.ts";
import {
	announcedOf,
	caller,
	failing,
	openShop,
	operation,
	refusalOf,
	resumeNow,
	sagasOf,
	settled,
	TOTAL_CENTS,
} from "../orders.fixture.ts";
import type { Shop } from "../orders.fixture.ts";
import { CUP } from "../participants.fixture.ts";

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop.stop());

const DECLINED = failing(new PaymentDeclined({ reason: "card_declined" }));

/** A customer with a pending order. */
async function pending(from: Shop = shop) {
	const customer = caller(from);
	const { result } = await customer.place();
	return { ...customer, id: result.id };
}

describe("an order without a payment method", () => {
	it("is pending, with its stock held", async () => {
		const customer = caller(shop);
		const { result, meta } = await customer.place();

		expect(PlaceOrder.result.parse(result)).toEqual(result);
		expect(result).toMatchObject({ status: "pending", paymentStatus: "unpaid", paymentId: null });
		expect(meta).toMatchObject({ $version: 1 });
		expect(shop.participants.stepsOf(result.id)).toEqual(["products.reserve"]);
		expect(shop.participants.stock.get(result.id)).toBe("held");
		expect(await announcedOf(shop, result.id)).toEqual([]);
	});

	it("leaves a saga that waits for the end of the hold", async () => {
		const { id } = await pending();

		expect(await sagasOf(shop, id)).toMatchObject([{ type: "hold", state: "running", attempts: 0, isWaiting: true }]);
	});

	it("is rejected when its stock is gone", async () => {
		const customer = caller(shop);
		shop.participants.next(ReserveStock, failing(new OutOfStock({ productIds: [CUP.productId] })));

		const given = operation();
		const { data, code } = await refusalOf(customer.place(undefined, { operation: given }));
		expect(code).toBe(409);
		expect((await customer.place(undefined, { operation: given })).meta.$replay?.status).toBe(409);
		expect((await customer.get(data.orderId)).result).toMatchObject({ status: "rejected", paymentStatus: "unpaid" });
		expect(shop.participants.stock.get(data.orderId)).toBe("given back");
	});
});

describe("paying a pending order", () => {
	it("confirms it and answers the payment", async () => {
		const { id, userId, pay, get } = await pending();
		const { result } = await pay(id);

		expect(PayOrder.result.parse(result)).toEqual(result);
		expect(result).toMatchObject({ orderId: id, userId, amount: TOTAL_CENTS / 100, status: "captured" });
		expect((await get(id)).result).toMatchObject({ status: "confirmed", paymentStatus: "paid", paymentId: result.id });
		expect(shop.participants.stock.get(id)).toBe("sold");
		expect(await announcedOf(shop, id)).toEqual(["order.created"]);
	});

	it("extends the hold before it takes money", async () => {
		const { id, pay } = await pending();
		await pay(id);

		expect(shop.participants.stepsOf(id).slice(1)).toEqual([
			"products.reserve",
			"payments.authorize",
			"products.commitStock",
			"payments.capture",
			"payments.get",
		]);
	});

	it("leaves it pending when the payment is declined, and payable another way", async () => {
		const { id, pay, get, events } = await pending();
		shop.participants.next(AuthorizePayment, DECLINED);

		const refusal = await refusalOf(pay(id, {}, "pm_card_chargeDeclined"));
		expect(refusal).toMatchObject({ type: "PAYMENT_DECLINED", code: 402, data: { orderId: id } });
		expect((await get(id)).result).toMatchObject({ status: "pending", paymentStatus: "failed" });
		expect(shop.participants.stock.get(id)).toBe("held");
		await pay(id);
		expect((await get(id)).result).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
		expect(await events(id)).toEqual([
			...["placed", "paymentStarted", "paymentFailed"],
			...["paymentStarted", "confirmed", "paid"],
		]);
	});

	it("cancels it when the capture is refused for good after the confirmation", async () => {
		const { id, pay, get } = await pending();
		shop.participants.next(CapturePayment, failing(new PaymentNotCapturable({ status: "voided" })));

		await expect(pay(id)).rejects.toMatchObject({ type: "PAYMENT_NOT_CAPTURABLE" });
		expect(shop.participants.stepsOf(id).slice(-2)).toEqual(["payments.reverse", "products.restoreStock"]);
		expect((await get(id)).result).toMatchObject({ status: "cancelled", paymentStatus: "failed" });
		expect(shop.participants.stock.get(id)).toBe("given back");
		expect(await announcedOf(shop, id)).toEqual(["order.created", "order.cancelled"]);
	});

	it("leaves it pending when its stock was given back meanwhile", async () => {
		const { id, pay, get } = await pending();
		shop.participants.next(ReserveStock, failing(new ReservationEnded()));

		await expect(pay(id)).rejects.toMatchObject({ type: "RESERVATION_ENDED", code: 409 });
		expect((await get(id)).result).toMatchObject({ status: "pending", paymentStatus: "failed" });
	});

	it("is one payment at a time", async () => {
		const { id, pay } = await pending();
		const authorizing = shop.participants.hold(AuthorizePayment);
		const first = pay(id);
		await authorizing.arrived;

		await expect(pay(id)).rejects.toMatchObject({ type: "ORDER_NOT_PAYABLE", data: { status: "being paid" } });
		authorizing.release();
		await first;
		await expect(pay(id)).rejects.toMatchObject({ type: "ORDER_NOT_PAYABLE", data: { status: "confirmed" } });
	});

	it("is refused to anybody but its owner and an admin", async () => {
		const { id } = await pending();

		await expect(caller(shop).pay(id)).rejects.toMatchObject({ type: "ORDER_NOT_FOUND", code: 404 });
		await expect(caller(shop).pay(randomUUID())).rejects.toMatchObject({ type: "ORDER_NOT_FOUND" });
		await expect(caller(shop, "admin").pay(id)).resolves.toMatchObject({ result: { status: "captured" } });
	});
});

describe("paying with an Idempotency-Key", () => {
	it("replays the payment byte for byte, and pays once", async () => {
		const { id, pay } = await pending();
		const given = operation();
		const first = await pay(id, { operation: given });
		const second = await pay(id, { operation: given });

		expect(second.meta.$replay).toEqual({ key: given.key, status: 201, body: JSON.stringify(first.result) });
		expect(shop.participants.stepsOf(id).filter((step) => step === "payments.authorize")).toHaveLength(1);
	});

	it("replays a declined payment, so that a retry is no second attempt", async () => {
		const { id, pay } = await pending();
		const given = operation();
		shop.participants.next(AuthorizePayment, DECLINED);
		await refusalOf(pay(id, { operation: given }));

		expect((await pay(id, { operation: given })).meta.$replay?.status).toBe(402);
	});

	it("stores nothing of a refusal without an effect", async () => {
		const { id, pay } = await pending();
		const given = operation();
		const stranger = caller(shop);

		await expect(stranger.pay(id, { operation: given })).rejects.toMatchObject({ code: 404 });
		await expect(pay(id, { operation: given })).resolves.toMatchObject({ result: { status: "captured" } });
	});
});

describe("a payment that takes longer than a client is kept waiting", () => {
	it("asks for the same request again, which then finds the answer", async () => {
		const slow = await openShop({ ORDER_ANSWER_WITHIN_MS: "50" });
		const { id, pay } = await pending(slow);
		const given = operation();
		const authorizing = slow.participants.hold(AuthorizePayment);

		await expect(pay(id, { operation: given })).rejects.toMatchObject({ type: "SERVICE_UNAVAILABLE", code: 503 });
		await expect(pay(id, { operation: given })).rejects.toMatchObject({ type: "IDEMPOTENCY_KEY_IN_USE" });
		authorizing.release();
		const { meta } = await until(() => pay(id, { operation: given }).catch(() => undefined));
		expect(meta.$replay?.status).toBe(201);
		await slow.stop();
	});
});

describe("the end of a hold", () => {
	afterEach(() => void jest.restoreAllMocks());

	/** A quarter of an hour later, by the clock of orders. */
	async function later(minutes = 16) {
		const then = new Date(Date.now() + minutes * 60_000);
		jest.spyOn(shop.service, "now").mockReturnValue(then);
		await resumeNow(shop);
	}

	it("cancels an order that nobody paid, and gives its stock back", async () => {
		const { id, get, pay } = await pending();
		await later();
		await settled(shop, id);

		expect((await get(id)).result).toMatchObject({ status: "cancelled", paymentStatus: "unpaid" });
		expect(shop.participants.stock.get(id)).toBe("given back");
		expect(await announcedOf(shop, id)).toEqual(["order.cancelled"]);
		await expect(pay(id)).rejects.toMatchObject({ type: "ORDER_NOT_PAYABLE", data: { status: "cancelled" } });
	});

	it("cancels it just so when products gave the stock back first", async () => {
		const { id, get, events } = await pending();
		shop.participants.stock.set(id, "given back");
		await later();
		await settled(shop, id);

		expect((await get(id)).result.status).toBe("cancelled");
		expect(await events(id)).toEqual(["placed", "cancelled"]);
	});

	it("does not come early", async () => {
		const { id, get } = await pending();
		await later(14);

		await until(async () => (await sagasOf(shop, id)).some(({ fence, isWaiting }) => fence === "2" && isWaiting));
		expect((await get(id)).result.status).toBe("pending");
	});

	it("leaves an order alone that is paid", async () => {
		const { id, pay, get } = await pending();
		await pay(id);
		await later();
		await settled(shop, id);

		expect((await get(id)).result).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
		expect(shop.participants.stock.get(id)).toBe("sold");
	});

	it("waits for a payment that is under way", async () => {
		const { id, pay, get } = await pending();
		const authorizing = shop.participants.hold(AuthorizePayment);
		const paying = pay(id);
		await authorizing.arrived;
		await later();
		await until(async () => (await sagasOf(shop, id)).some(({ fence, isWaiting }) => fence === "2" && isWaiting));
		expect((await get(id)).result.status).toBe("pending");

		authorizing.release();
		await paying;
		await resumeNow(shop);
		await settled(shop, id);
		expect((await get(id)).result.status).toBe("confirmed");
	});

	it("is tried again when products is away", async () => {
		const { id, get } = await pending();
		shop.participants.next(RestoreStock, failing(new Error("the node is gone")));
		await later();
		await settled(shop, id);

		expect((await get(id)).result.status).toBe("cancelled");
	});
});
