import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { until } from "../../../test/support/wait.ts";
import { CommitStock, ReserveStock, RestoreStock } from "../../contracts/inventory.ts";
import {
	AuthorizePayment,
	CapturePayment,
	PaymentDeclined,
	PaymentOutcomeUnknown,
	ReversePayment,
} from "../../contracts/payments.ts";
import {
	announcedOf,
	caller,
	failing,
	loseLease,
	openShop,
	operation,
	refusalOf,
	resumeNow,
	sagasOf,
	settled,
	storedAnswer,
} from "../orders.fixture.ts";
import type { OrdersNode, Shop } from "../orders.fixture.ts";

const DECLINED = failing(new PaymentDeclined({ reason: "card_declined" }));

describe("a saga whose node fell silent", () => {
	let shop: Shop;
	let other: OrdersNode;
	beforeAll(async () => {
		shop = await openShop();
		// The node that falls silent does not resume, so that the other one has to.
		await shop.service.resuming.stop();
		other = await shop.join();
	});
	afterEach(() => void jest.restoreAllMocks());
	afterAll(() => shop.stop());

	/** Lets the other node take over whatever is under way. */
	async function takeOver(): Promise<void> {
		await loseLease(shop);
		await resumeNow(other);
	}

	it.each([
		["reserving", ReserveStock],
		["authorizing", AuthorizePayment],
		["selling", CommitStock],
		["capturing", CapturePayment],
	])("while %s is finished by another node, and its own late writes are void", async (_, step) => {
		const customer = caller(shop);
		const silence = shop.participants.hold(step);
		const placing = customer.place("pm_card_visa");
		await silence.arrived;
		const id = (await customer.list()).rows[0]?.id ?? "";
		await takeOver();
		await settled(other, id);
		const finished = (await customer.get(id)).result;
		silence.release();

		expect((await placing).meta.$statusCode).toBe(202);
		expect(finished).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
		expect((await customer.get(id)).result).toEqual(finished);
		expect(await customer.events(id)).toEqual(["placed", "paymentStarted", "confirmed", "paid"]);
		expect(await announcedOf(shop, id)).toEqual(["order.created"]);
		expect(await sagasOf(shop, id)).toMatchObject([{ state: "done", fence: "2" }]);
		expect(shop.participants.stock.get(id)).toBe("sold");
	});

	it("hands its client the answer that the other node stored", async () => {
		const customer = caller(shop);
		const given = operation();
		const silence = shop.participants.hold(AuthorizePayment);
		const placing = customer.place("pm_card_visa", { operation: given });
		await silence.arrived;
		const id = (await customer.list()).rows[0]?.id ?? "";
		await takeOver();
		await settled(other, id);
		silence.release();

		const { meta, result } = await placing;
		expect(meta.$replay).toMatchObject({ key: given.key, status: 201 });
		expect(result).toEqual((await customer.get(id)).result);
		expect((await customer.place("pm_card_visa", { operation: given })).meta.$replay).toEqual(meta.$replay);
	});

	it.each([
		["giving money back", ReversePayment],
		["giving stock back", RestoreStock],
	])("while %s is undone by another node", async (_, step) => {
		const customer = caller(shop);
		shop.participants.next(AuthorizePayment, DECLINED);
		const silence = shop.participants.hold(step);
		const placing = customer.place("pm_card_chargeDeclined", { operation: operation() });
		await silence.arrived;
		const id = (await customer.list()).rows[0]?.id ?? "";
		await takeOver();
		await settled(other, id);
		silence.release();

		expect((await placing).meta.$replay?.status).toBe(402);
		expect((await customer.get(id)).result).toMatchObject({ status: "rejected", paymentStatus: "failed" });
		expect(await customer.events(id)).toEqual(["placed", "paymentStarted", "rejected"]);
		expect(shop.participants.stock.get(id)).toBe("given back");
	});

	it("after its confirmation is not undone, however late the other node meets a fault", async () => {
		const customer = caller(shop);
		const silence = shop.participants.hold(CapturePayment);
		const placing = customer.place("pm_card_visa");
		await silence.arrived;
		const id = (await customer.list()).rows[0]?.id ?? "";
		shop.participants.next(ReserveStock, failing(new Error("the node is gone")));
		jest.spyOn(other.service, "now").mockReturnValue(new Date(Date.now() + 120_000));
		await takeOver();
		await settled(other, id);
		silence.release();

		await placing;
		expect((await customer.get(id)).result).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
	});

	it("while a pending order is paid: the other node finishes it", async () => {
		const customer = caller(shop);
		const { id } = (await customer.place()).result;
		const silence = shop.participants.hold(CapturePayment);
		const paying = refusalOf(customer.pay(id));
		await silence.arrived;
		await takeOver();
		const isPaid = async () =>
			(await sagasOf(other, id)).some(({ type, state }) => type === "payment" && state === "done");
		await until(isPaid);
		silence.release();

		expect((await paying).type).toBe("SERVICE_UNAVAILABLE");
		expect((await customer.get(id)).result).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
	});

	it("while a cancelled order is unwound: the other node finishes it", async () => {
		const customer = caller(shop);
		const { id } = (await customer.place("pm_card_visa")).result;
		const silence = shop.participants.hold(ReversePayment);
		const given = operation();
		const cancelling = customer.cancel(id, { operation: given });
		await silence.arrived;
		await takeOver();
		await settled(other, id);
		expect(await storedAnswer(other, given.key)).toMatchObject({ status: 200 });
		silence.release();

		await cancelling;
		expect((await customer.get(id)).result).toMatchObject({ status: "cancelled", paymentStatus: "refunded" });
	});
});

describe("a checkout past its deadline", () => {
	let shop: Shop;
	beforeAll(async () => void (shop = await openShop()));
	afterEach(() => void jest.restoreAllMocks());
	afterAll(() => shop.stop());

	/** A fault that comes two minutes later, by the clock of orders. */
	const lateFault = () => {
		jest.spyOn(shop.service, "now").mockReturnValue(new Date(Date.now() + 120_000));
		throw new PaymentOutcomeUnknown();
	};

	it("is undone when it meets a fault before the confirmation", async () => {
		const customer = caller(shop);
		shop.participants.next(AuthorizePayment, lateFault);

		const refusal = await refusalOf(customer.place("pm_test_unavailable"));
		const { orderId } = refusal.data;
		expect(refusal).toMatchObject({ type: "PAYMENT_UNRESOLVED", code: 503 });
		expect((await customer.get(orderId)).result).toMatchObject({ status: "rejected", paymentStatus: "failed" });
		expect(shop.participants.stock.get(orderId)).toBe("given back");
	});

	it("leaves a pending order pending when it was being paid", async () => {
		const customer = caller(shop);
		const { id } = (await customer.place()).result;
		shop.participants.next(AuthorizePayment, lateFault);

		await expect(customer.pay(id)).rejects.toMatchObject({ type: "PAYMENT_UNRESOLVED", data: { orderId: id } });
		expect((await customer.get(id)).result).toMatchObject({ status: "pending", paymentStatus: "failed" });
	});

	it("goes on when it meets a fault after the confirmation", async () => {
		shop.participants.next(CapturePayment, lateFault);

		await expect(caller(shop).place("pm_card_visa")).resolves.toMatchObject({
			result: { status: "confirmed", paymentStatus: "paid" },
		});
	});
});
