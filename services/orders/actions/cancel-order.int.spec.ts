import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { until } from "../../../test/support/wait.ts";
import { RestoreStock } from "../../contracts/inventory.ts";
import { CancelOrder } from "../../contracts/orders.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import {
	AuthorizePayment,
	CapturePayment,
	PaymentOutcomeUnknown,
	RefundRefused,
	ReversePayment,
} from "../../contracts/payments.ts";
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
	storedAnswer,
} from "../orders.fixture.ts";
import type { Shop } from "../orders.fixture.ts";

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop.stop());

/** A customer with an order that is paid. */
async function paid(from: Shop = shop) {
	const customer = caller(from);
	const { id } = (await customer.place("pm_card_visa")).result;
	await settled(from, id);
	const { paymentId } = (await customer.get(id)).result;
	return { ...customer, id, paymentId: paymentId ?? "" };
}

async function moved(id: string, ...statuses: OrderStatus[]) {
	for (const status of statuses) await caller(shop, "admin").setStatus(id, status);
}

const moneyOf = (paymentId: string) => shop.participants.money.get(paymentId);
const stockOf = (id: string) => shop.participants.stock.get(id);

describe("cancelling an order", () => {
	it("gives the stock of a pending order back; there is no money to return", async () => {
		const { place, cancel } = caller(shop);
		const { id } = (await place()).result;
		const { result, meta } = await cancel(id);

		expect(result).toMatchObject({ status: "cancelled", paymentStatus: "unpaid" });
		expect(meta).toMatchObject({ $version: 2 });
		expect(shop.participants.stepsOf(id).slice(1)).toEqual(["products.restoreStock"]);
	});

	it("restocks and refunds a paid order, and answers what became of it", async () => {
		const { id, paymentId, cancel, get, events } = await paid();
		const { result, meta } = await cancel(id);

		expect(CancelOrder.result.parse(result)).toEqual(result);
		expect(result).toMatchObject({ status: "cancelled", paymentStatus: "refunded" });
		expect((await get(id)).result).toEqual(result);
		expect(meta).toMatchObject({ $version: 6 });
		expect([stockOf(id), moneyOf(paymentId)]).toEqual(["given back", "refunded"]);
		expect((await events(id)).slice(4)).toEqual(["cancelled", "refunded"]);
		expect(await announcedOf(shop, id)).toEqual(["order.created", "order.cancelled"]);
	});

	it("is one cancellation when it is asked for twice", async () => {
		const { id, cancel } = await paid();
		const [first, second] = [await cancel(id), await cancel(id)];

		expect(second.result).toEqual(first.result);
		expect(await announcedOf(shop, id)).toEqual(["order.created", "order.cancelled"]);
		expect(shop.participants.stepsOf(id).filter((step) => step === "payments.reverse")).toHaveLength(1);
	});

	it("refuses to cancel an order that is shipped, and changes nothing", async () => {
		const { id, paymentId, cancel, get } = await paid();
		await moved(id, "processing", "shipped");

		await expect(cancel(id)).rejects.toMatchObject({ type: "ORDER_NOT_CANCELLABLE", code: 409 });
		expect((await get(id)).result).toMatchObject({ status: "shipped", paymentStatus: "paid" });
		expect([stockOf(id), moneyOf(paymentId)]).toEqual(["sold", "captured"]);
	});

	it("is refused on another version than the one named in If-Match", async () => {
		const { id, cancel } = await paid();

		await expect(cancel(id, { expectedVersion: 3 })).rejects.toMatchObject({
			type: "PRECONDITION_FAILED",
			code: 412,
			data: { currentVersion: 4 },
		});
		await expect(cancel(id, { expectedVersion: 4 })).resolves.toMatchObject({ result: { status: "cancelled" } });
	});

	it("hides the order from anybody but its owner and an admin", async () => {
		const { id } = await paid();

		await expect(caller(shop).cancel(id)).rejects.toMatchObject({ type: "ORDER_NOT_FOUND", code: 404 });
		await expect(caller(shop).cancel(id, { expectedVersion: 1 })).rejects.toMatchObject({ code: 404 });
		await expect(caller(shop).cancel(randomUUID())).rejects.toMatchObject({ code: 404 });
		await expect(caller(shop, "admin").cancel(id)).resolves.toMatchObject({ result: { status: "cancelled" } });
	});
});

describe("cancelling with an Idempotency-Key", () => {
	it("replays the first answer byte for byte", async () => {
		const { id, cancel } = await paid();
		const given = operation();
		const first = await cancel(id, { operation: given });
		const second = await cancel(id, { operation: given });

		expect(second.meta.$replay).toEqual({ key: given.key, status: 200, body: JSON.stringify(first.result) });
	});

	it("stores the answer with the change when nothing has to be given back", async () => {
		const { id, cancel } = await paid();
		await cancel(id);
		const given = operation();
		const { result } = await cancel(id, { operation: given });

		expect(await storedAnswer(shop, given.key)).toEqual({ status: 200, body: JSON.stringify(result) });
	});

	it("stores nothing of a refusal", async () => {
		const { id, cancel } = await paid();
		const given = operation();
		await refusalOf(cancel(id, { operation: given, expectedVersion: 1 }));

		await expect(cancel(id, { operation: given })).resolves.toMatchObject({ result: { status: "cancelled" } });
	});
});

describe("cancelling in the middle of a checkout", () => {
	it("stops it before the confirmation", async () => {
		const { place, cancel, get, list } = caller(shop);
		const authorizing = shop.participants.hold(AuthorizePayment);
		const placing = refusalOf(place("pm_card_visa"));
		await authorizing.arrived;
		const id = (await list()).rows[0]?.id ?? "";
		await cancel(id);
		authorizing.release();

		await expect(placing).resolves.toMatchObject({ code: 409, data: { orderId: id } });
		expect((await get(id)).result).toMatchObject({ status: "cancelled" });
		expect(stockOf(id)).toBe("given back");
		expect([...shop.participants.money.values()]).not.toContain("authorized");
		expect(await announcedOf(shop, id)).toEqual(["order.cancelled"]);
	});

	it("voids the money that was held for the confirmed order", async () => {
		const { place, cancel, get, list } = caller(shop);
		const capturing = shop.participants.hold(CapturePayment);
		const placing = refusalOf(place("pm_card_visa"));
		await capturing.arrived;
		const id = (await list()).rows[0]?.id ?? "";
		const { result } = await cancel(id);
		capturing.release();

		expect(result).toMatchObject({ status: "cancelled", paymentStatus: "unpaid" });
		await expect(placing).resolves.toMatchObject({ type: "PAYMENT_NOT_CAPTURABLE" });
		expect((await get(id)).result).toEqual(result);
		expect([stockOf(id), moneyOf(result.paymentId ?? "")]).toEqual(["given back", "voided"]);
	});
});

describe("giving back what a cancelled order held", () => {
	it.each([
		["products", RestoreStock],
		["payments", ReversePayment],
	])("is tried again when %s is away", async (_, step) => {
		const { id, paymentId, cancel } = await paid();
		shop.participants.next(step, failing(new PaymentOutcomeUnknown()));

		await expect(cancel(id)).resolves.toMatchObject({ result: { paymentStatus: "refunded" } });
		expect([stockOf(id), moneyOf(paymentId)]).toEqual(["given back", "refunded"]);
	});

	it("goes on until it is done, even where the refund is refused", async () => {
		const { id, cancel, get } = await paid();
		shop.participants.next(ReversePayment, failing(new RefundRefused({ reason: "balance too low" })));

		await expect(cancel(id)).resolves.toMatchObject({ result: { status: "cancelled", paymentStatus: "paid" } });
		expect(await sagasOf(shop, id)).toMatchObject([{}, { type: "unwind", state: "running", attempts: 1 }]);
		await resumeNow(shop);
		await settled(shop, id);
		expect((await get(id)).result).toMatchObject({ paymentStatus: "refunded" });
	});

	it("does not keep the client waiting", async () => {
		const slow = await openShop({ ORDER_ANSWER_WITHIN_MS: "50" });
		const { id, cancel, get } = await paid(slow);
		const given = operation();
		const reversing = slow.participants.hold(ReversePayment);
		const { result } = await cancel(id, { operation: given });
		expect(result).toMatchObject({ status: "cancelled", paymentStatus: "paid" });

		reversing.release();
		await until(async () => (await get(id)).result.paymentStatus === "refunded");
		expect((await cancel(id, { operation: given })).meta.$replay?.body).toBe(JSON.stringify(result));
		await slow.stop();
	});
});

describe("moving an order along", () => {
	const admin = () => caller(shop, "admin");

	it("leads to its delivery", async () => {
		const { id } = await paid();
		await moved(id, "processing", "shipped");
		const { result, meta } = await admin().setStatus(id, "delivered");

		expect(result).toMatchObject({ status: "delivered", paymentStatus: "paid" });
		expect(meta).toMatchObject({ $version: 7 });
		expect(await announcedOf(shop, id)).toEqual([
			"order.created",
			...["order.updated", "order.updated", "order.updated"],
		]);
	});

	it("refuses an illegal move and names the legal ones", async () => {
		const { id } = await paid();

		await expect(admin().setStatus(id, "shipped")).rejects.toMatchObject({
			type: "ILLEGAL_TRANSITION",
			code: 409,
			data: { status: "confirmed", legal: ["processing", "cancelled"] },
		});
	});

	it("restocks and refunds an order that is cancelled", async () => {
		const { id, paymentId } = await paid();

		await expect(admin().setStatus(id, "cancelled")).resolves.toMatchObject({
			result: { status: "cancelled", paymentStatus: "refunded" },
		});
		expect([stockOf(id), moneyOf(paymentId)]).toEqual(["given back", "refunded"]);
	});

	it("is refused on another version than the one named in If-Match", async () => {
		const { id } = await paid();

		await expect(admin().setStatus(id, "processing", { expectedVersion: 1 })).rejects.toMatchObject({ code: 412 });
	});

	it("replays its answer, which commits with the move", async () => {
		const { id } = await paid();
		const given = operation();
		const { result } = await admin().setStatus(id, "processing", { operation: given });

		expect(await storedAnswer(shop, given.key)).toEqual({ status: 200, body: JSON.stringify(result) });
		await expect(admin().setStatus(id, "processing", { operation: given })).resolves.toMatchObject({ result });
	});
});
