import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Context } from "moleculer";
import { claim, complete } from "../../../mixins/operations.ts";
import { statement } from "../../../mixins/sql/database.ts";
import { call } from "../../contracts/action.ts";
import { CommitStock, OutOfStock, ReservationEnded, ReserveStock } from "../../contracts/inventory.ts";
import type { Meta } from "../../contracts/meta.ts";
import type { Order } from "../../contracts/orders.ts";
import { PlaceOrder } from "../../contracts/orders.ts";
import {
	AuthorizePayment,
	CapturePayment,
	PaymentDeclined,
	PaymentNotCapturable,
	PaymentOutcomeUnknown,
} from "../../contracts/payments.ts";
import { problemOf } from "../../contracts/problem.ts";
import type { Problem } from "../../contracts/problem.ts";
import { QuoteProducts } from "../../contracts/products.ts";
import {
	ADDRESS,
	announcedOf,
	BASKET,
	caller,
	failing,
	openShop,
	operation,
	refusalOf,
	sagasOf,
	settled,
	TOTAL_CENTS,
} from "../orders.fixture.ts";
import type { Shop } from "../orders.fixture.ts";
import { CUP } from "../participants.fixture.ts";
import { answerLater } from "./answer.ts";

let shop: Shop;
beforeAll(async () => void (shop = await openShop()));
afterAll(() => shop.stop());

const DECLINED = failing(new PaymentDeclined({ reason: "card_declined" }));

const CORRELATIONS = statement<{ correlation_id: string }>(
	"spec.correlations",
	"select correlation_id from outbox where aggregate_id = $1",
);

describe("placing an order", () => {
	it("answers the confirmed and captured order", async () => {
		const customer = caller(shop);
		const { result, meta } = await customer.place("pm_card_visa");

		expect(PlaceOrder.result.parse(result)).toEqual(result);
		expect(result).toMatchObject({
			userId: customer.userId,
			status: "confirmed",
			paymentStatus: "paid",
			totalAmount: TOTAL_CENTS / 100,
			currency: "EUR",
			items: [{ productId: CUP.productId, name: "Cup", quantity: 2, unitPrice: 10.5, totalPrice: 21 }, { quantity: 1 }],
			shippingAddress: ADDRESS,
			billingAddress: ADDRESS,
		});
		expect(meta).toMatchObject({ $version: 4 });
		expect(meta.$statusCode).toBeUndefined();
		expect((await customer.get(result.id)).result).toEqual(result);
	});

	it("reserves, authorizes, sells, confirms, then captures", async () => {
		const customer = caller(shop);
		const { id, paymentId } = (await customer.place("pm_card_visa")).result;

		expect(shop.participants.stepsOf(id)).toEqual([
			"products.reserve",
			"payments.authorize",
			"products.commitStock",
			"payments.capture",
		]);
		expect(shop.participants.stock.get(id)).toBe("sold");
		expect(shop.participants.money.get(paymentId ?? "")).toBe("captured");
		expect(await customer.events(id)).toEqual(["placed", "paymentStarted", "confirmed", "paid"]);
		expect(await announcedOf(shop, id)).toEqual(["order.created"]);
		expect(await sagasOf(shop, id)).toMatchObject([{ type: "checkout", state: "done", fence: "1" }]);
	});

	it("carries the request's correlation id into every step and fact, and gives each step a deadline of its own", async () => {
		const principal = { userId: caller(shop).userId, role: "customer", sessionId: operation().key } as const;
		const meta = { principal, operation: operation() };
		const placed = { ...BASKET, paymentMethod: "pm_card_visa" };
		const { id } = await call(shop.broker, PlaceOrder, placed, { meta, requestID: "request-1" });

		const atLeastMs = Date.now() + 10_000;
		for (const { requestId, operation: sent } of shop.participants.callsOf(id)) {
			expect(requestId).toBe("request-1");
			expect(sent?.key).toBeUndefined();
			expect(sent?.deadlineMs).toBeGreaterThan(atLeastMs);
		}
		expect(await shop.service.db.query(CORRELATIONS, [id])).toEqual([{ correlation_id: "request-1" }]);
	});

	it.each([
		["without a key", undefined],
		["with an Idempotency-Key", operation()],
	])("costs three statements, each its own commit: placed, confirmed, captured (%s)", async (_, given) => {
		const from = shop.statements.length;
		const transactions = shop.transactions.count;
		await caller(shop).place("pm_card_visa", given && { operation: given });

		const inBackground = /^(spec|outbox|leases|inbox)[.]|^sagas[.](claim|renew)$/;
		const sent = shop.statements.slice(from).filter((name) => !inBackground.test(name));
		expect(sent).toEqual(["orders.insert", "orders.update", "orders.update"]);
		expect(shop.transactions.count - transactions).toBe(0);
	});

	it("demands an account", async () => {
		await expect(call(shop.broker, PlaceOrder, BASKET)).rejects.toMatchObject({ type: "UNAUTHENTICATED" });
	});

	it("refuses products that are not sold, and stores nothing", async () => {
		const customer = caller(shop);
		const ghost = "018f0000-0000-7000-8000-00000000dead";

		await expect(customer.place("pm_card_visa", {}, [{ productId: ghost, quantity: 1 }])).rejects.toMatchObject({
			type: "PRODUCT_UNAVAILABLE",
			data: { productIds: [ghost] },
		});
		await expect(customer.list()).resolves.toMatchObject({ total: 0 });
	});

	it("refuses what no payment could pay", async () => {
		const dear = [{ productId: CUP.productId, quantity: 10_000 }];
		const baskets = Array.from({ length: 100 }, () => dear).flat();

		await expect(caller(shop).place("pm_card_visa", {}, baskets)).rejects.toMatchObject({ type: "VALIDATION_FAILED" });
	});
});

describe("an order that is refused", () => {
	it("is rejected when its stock is gone, and names itself", async () => {
		const customer = caller(shop);
		shop.participants.next(ReserveStock, failing(new OutOfStock({ productIds: [CUP.productId] })));

		const refusal = await refusalOf(customer.place("pm_card_visa"));
		const { orderId } = refusal.data;
		expect(refusal).toMatchObject({ type: "OUT_OF_STOCK", code: 409, data: { productIds: [CUP.productId] } });
		expect((await customer.get(orderId)).result).toMatchObject({ status: "rejected", paymentStatus: "failed" });
		expect(shop.participants.stepsOf(orderId)).toEqual(["products.reserve", "products.restoreStock"]);
		expect(await announcedOf(shop, orderId)).toEqual([]);
	});

	it("is rejected when its payment is declined, and gives its stock back", async () => {
		const customer = caller(shop);
		shop.participants.next(AuthorizePayment, DECLINED);

		const refusal = await refusalOf(customer.place("pm_card_chargeDeclined"));
		const { orderId } = refusal.data;
		expect(refusal).toMatchObject({ type: "PAYMENT_DECLINED", code: 402, data: { reason: "card_declined" } });
		expect((await customer.get(orderId)).result).toMatchObject({ status: "rejected", paymentStatus: "failed" });
		expect(shop.participants.stepsOf(orderId).slice(2)).toEqual(["payments.reverse", "products.restoreStock"]);
		expect(shop.participants.stock.get(orderId)).toBe("given back");
		expect(await announcedOf(shop, orderId)).toEqual([]);
	});

	it("gives its money back before its stock when the sale is refused", async () => {
		const customer = caller(shop);
		shop.participants.next(CommitStock, failing(new ReservationEnded()));

		const { data, type } = await refusalOf(customer.place("pm_card_visa"));
		const { paymentId } = (await customer.get(data.orderId)).result;
		expect(type).toBe("RESERVATION_ENDED");
		expect(shop.participants.stepsOf(data.orderId).slice(3)).toEqual(["payments.reverse", "products.restoreStock"]);
		expect(shop.participants.money.get(paymentId ?? "")).toBe("voided");
	});

	it("is cancelled when its capture is refused for good after the confirmation", async () => {
		const customer = caller(shop);
		shop.participants.next(CapturePayment, failing(new PaymentNotCapturable({ status: "voided" })));

		const { data, type } = await refusalOf(customer.place("pm_card_visa"));
		const { orderId } = data;
		expect(type).toBe("PAYMENT_NOT_CAPTURABLE");
		expect((await customer.get(orderId)).result).toMatchObject({ status: "cancelled", paymentStatus: "failed" });
		expect(shop.participants.stepsOf(orderId).slice(3)).toEqual([
			"payments.capture",
			"payments.reverse",
			"products.restoreStock",
		]);
		expect(shop.participants.stock.get(orderId)).toBe("given back");
		expect(await announcedOf(shop, orderId)).toEqual(["order.created", "order.cancelled"]);
	});
});

describe("a fault", () => {
	it.each([
		["reserving", ReserveStock, new Error("the node is gone")],
		["authorizing", AuthorizePayment, new PaymentOutcomeUnknown()],
		["selling", CommitStock, new Error("the node is gone")],
		["capturing", CapturePayment, new PaymentOutcomeUnknown()],
	])("while %s is tried again, and nothing is undone", async (_, step, error) => {
		shop.participants.next(step, failing(error));
		const { result } = await caller(shop).place("pm_card_visa");

		const steps = shop.participants.stepsOf(result.id);
		expect(result).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
		expect(steps.filter((name) => name === step.name)).toHaveLength(2);
		expect(steps).not.toContain("products.restoreStock");
	});
});

describe("an Idempotency-Key", () => {
	it("replays the first answer byte for byte, and places nothing again", async () => {
		const customer = caller(shop);
		const given = operation();
		const first = await customer.place("pm_card_visa", { operation: given });
		const second = await customer.place("pm_card_visa", { operation: given });

		expect(second.meta.$replay).toEqual({ key: given.key, status: 201, body: JSON.stringify(first.result) });
		expect(second.result).toEqual(first.result);
	});

	it("replays the answer of an order that waits for its payment, byte for byte", async () => {
		const customer = caller(shop);
		const given = operation();
		const first = await customer.place(undefined, { operation: given });
		const second = await customer.place(undefined, { operation: given });

		expect(second.meta.$replay).toEqual({ key: given.key, status: 201, body: JSON.stringify(first.result) });
	});

	it("replays a refusal as the problem the first request was answered with, byte for byte", async () => {
		const customer = caller(shop);
		const given = operation();
		shop.participants.next(AuthorizePayment, DECLINED);
		const refusal = await refusalOf(customer.place("pm_card_chargeDeclined", { operation: given }));

		const { $replay } = (await customer.place("pm_card_chargeDeclined", { operation: given })).meta;
		const problem = JSON.parse($replay?.body ?? "") as Problem;
		expect($replay?.status).toBe(402);
		expect(problem).toMatchObject({ code: "PAYMENT_DECLINED", orderId: refusal.data.orderId });
		expect($replay?.body).toBe(JSON.stringify(problemOf(refusal, problem.requestId)));
	});

	it("replays an order whose product has left the catalogue since", async () => {
		const customer = caller(shop);
		const given = operation();
		const { result } = await customer.place("pm_card_visa", { operation: given });
		shop.participants.next(QuoteProducts, failing(new Error("products is away")));

		await expect(customer.place("pm_card_visa", { operation: given })).resolves.toMatchObject({ result });
	});

	it("is free again after a refusal that stored nothing", async () => {
		const customer = caller(shop);
		const given = operation();
		shop.participants.next(QuoteProducts, failing(new Error("products is away")));

		await expect(customer.place("pm_card_visa", { operation: given })).rejects.toThrow("away");
		await expect(customer.place("pm_card_visa", { operation: given })).resolves.toMatchObject({
			meta: { $version: 4 },
		});
	});

	it("is refused with another body", async () => {
		const customer = caller(shop);
		const given = operation();
		await customer.place("pm_card_visa", { operation: given });

		await expect(
			customer.place("pm_card_visa", { operation: operation(given.key, "another body") }),
		).rejects.toMatchObject({ type: "IDEMPOTENCY_KEY_REUSED", code: 422 });
	});

	it("is in use while the first request runs", async () => {
		const customer = caller(shop);
		const given = operation();
		const authorizing = shop.participants.hold(AuthorizePayment);
		const first = customer.place("pm_card_visa", { operation: given });
		await authorizing.arrived;

		await expect(customer.place("pm_card_visa", { operation: given })).rejects.toMatchObject({
			type: "IDEMPOTENCY_KEY_IN_USE",
			code: 409,
		});
		authorizing.release();
		await first;
	});

	it("makes one order of fifty requests at once, all answered alike", async () => {
		const customer = caller(shop);
		const given = operation();
		const place = () => customer.place("pm_card_visa", { operation: given });
		const answers = await Promise.allSettled(Array.from({ length: 50 }, place));

		const done = answers.filter((each) => each.status === "fulfilled").map(({ value }) => value);
		const refused = answers.filter((each) => each.status === "rejected").map((each) => each.reason as unknown);
		expect(refused.every((error) => (error as { type: string }).type === "IDEMPOTENCY_KEY_IN_USE")).toBe(true);
		const bodies = [...done, await place()].map(({ result, meta }) => meta.$replay?.body ?? JSON.stringify(result));
		expect(new Set(bodies).size).toBe(1);
		const { id } = JSON.parse(bodies[0] ?? "") as Order;
		expect(shop.participants.stepsOf(id)).toHaveLength(4);
		await expect(customer.list()).resolves.toMatchObject({ total: 1 });
	});

	it("without one, each request is an order of its own", async () => {
		const customer = caller(shop);
		const [first, second] = await Promise.all([customer.place("pm_card_visa"), customer.place("pm_card_visa")]);

		expect(first.result.id).not.toBe(second.result.id);
	});
});

describe("a checkout that takes longer than a client is kept waiting", () => {
	let slow: Shop;
	beforeAll(async () => void (slow = await openShop({ ORDER_ANSWER_WITHIN_MS: "50" })));
	afterAll(() => slow.stop());

	it("is answered with 202 and finished afterwards; a replay gives the stored 202", async () => {
		const customer = caller(slow);
		const given = operation();
		const authorizing = slow.participants.hold(AuthorizePayment);
		const { result, meta } = await customer.place("pm_card_visa", { operation: given });
		expect(meta.$statusCode).toBe(202);
		expect(result).toMatchObject({ status: "pending", paymentStatus: "unpaid" });

		authorizing.release();
		await settled(slow, result.id);
		expect((await customer.get(result.id)).result).toMatchObject({ status: "confirmed", paymentStatus: "paid" });
		const again = await customer.place("pm_card_visa", { operation: given });
		expect(again.meta.$replay).toEqual({ key: given.key, status: 202, body: JSON.stringify(result) });
	});

	it("is answered with 202 without a key, too", async () => {
		const customer = caller(slow);
		const reserving = slow.participants.hold(ReserveStock);
		const { result, meta } = await customer.place();
		expect(meta.$statusCode).toBe(202);

		reserving.release();
		expect((await customer.get(result.id)).result.status).toBe("pending");
	});

	it("keeps the final answer when the saga stored it a moment before", async () => {
		const given = operation();
		await claim(slow.service.db, given);
		await complete(slow.service.db, given.key, 201, '{"id":"stored"}');
		const ctx = new Context<unknown, Meta>(slow.broker);

		await expect(answerLater(slow.service, ctx, given, { id: "mine" })).resolves.toEqual({ id: "stored" });
		expect(ctx.meta).toEqual({ $replay: { key: given.key, status: 201, body: '{"id":"stored"}' } });
	});
});
