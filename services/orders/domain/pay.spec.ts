import { describe, expect, it } from "@jest/globals";
import { ORDER_STATUSES } from "../../contracts/orders.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import { announced, beingPaid, confirmed, happenings, NOTHING, NOW, order } from "./order.fixture.ts";
import { confirm, endCheckout, failPayment, recordCapture, reject, startPayment } from "./pay.ts";
import { recordRefund } from "./refund.ts";

const except = (...statuses: OrderStatus[]) => ORDER_STATUSES.filter((status) => !statuses.includes(status));
const notPayable = (status: string): unknown =>
	expect.objectContaining({ type: "ORDER_NOT_PAYABLE", code: 409, data: { status } });

describe("startPayment", () => {
	it("begins the payment of a pending order", () => {
		expect(startPayment(order(), "p-1", NOW).state).toMatchObject({ paymentId: "p-1", isBeingPaid: true });
	});

	it("tries another payment after one that failed", () => {
		const failed = order({ paymentId: "p-1", paymentStatus: "failed" });

		expect(startPayment(failed, "p-2", NOW).state).toMatchObject({ paymentId: "p-2", paymentStatus: "unpaid" });
	});

	it("of which nothing was given back yet, whatever became of the one before", () => {
		const failed = order({ paymentId: "p-1", paymentStatus: "failed" });
		const late = recordRefund(failed, { paymentId: "p-1", amountCents: failed.totalCents }, NOW).state;

		expect(startPayment(late, "p-2", NOW).state).toMatchObject({ refundedCents: 0, paymentStatus: "unpaid" });
	});

	it("refuses a second payment while one is under way", () => {
		expect(() => startPayment(beingPaid(), "p-2", NOW)).toThrow(notPayable("being paid"));
	});

	it.each(except("pending"))("refuses to pay an order that is %s", (status) => {
		expect(() => startPayment(order({ status }), "p-1", NOW)).toThrow(notPayable(status));
	});
});

describe("confirm", () => {
	it("confirms the order that this payment pays, and tells others of it for the first time", () => {
		const decision = confirm(beingPaid(), "p-1", NOW);

		expect(decision.state).toMatchObject({ status: "confirmed", paymentStatus: "authorized", isBeingPaid: false });
		expect(decision.events).toMatchObject([
			{ name: "order.created", data: { status: "confirmed", previousStatus: "pending", totalAmount: 30.5 } },
		]);
	});

	it("is one confirmation when it is asked for twice", () => {
		const once = confirm(beingPaid(), "p-1", NOW).state;

		expect(confirm(once, "p-1", NOW)).toEqual({ state: once, ...NOTHING });
	});

	it.each(["processing", "shipped", "delivered"] as const)("still stands when the order is %s meanwhile", (status) => {
		expect(confirm(confirmed({ status }), "p-1", NOW)).toMatchObject(NOTHING);
	});

	it.each(["returned", "cancelled", "rejected"] as const)("refuses an order that is %s", (status) => {
		expect(() => confirm(confirmed({ status }), "p-1", NOW)).toThrow(notPayable(status));
	});

	it("refuses another payment than the one under way", () => {
		expect(() => confirm(beingPaid(), "p-2", NOW)).toThrow(notPayable("pending"));
		expect(() => confirm(confirmed(), "p-2", NOW)).toThrow(notPayable("confirmed"));
	});
});

describe("recordCapture", () => {
	it.each(["confirmed", "processing", "cancelled"] as const)("marks a %s order as paid", (status) => {
		const decision = recordCapture(confirmed({ status }), "p-1", NOW);

		expect(decision.state).toMatchObject({ status, paymentStatus: "paid" });
		expect(announced(decision)).toEqual([]);
	});

	it.each(["unpaid", "paid", "partially_refunded", "refunded", "failed"] as const)(
		"changes nothing once the payment is %s",
		(paymentStatus) => {
			expect(recordCapture(confirmed({ paymentStatus }), "p-1", NOW)).toMatchObject(NOTHING);
		},
	);

	it("ignores the capture of a payment that is not the order's", () => {
		expect(recordCapture(confirmed(), "p-0", NOW)).toMatchObject(NOTHING);
	});
});

describe("reject", () => {
	it("ends a pending order and publishes nothing", () => {
		const decision = reject(order(), "OUT_OF_STOCK", NOW);

		expect(decision.state).toMatchObject({ status: "rejected", paymentStatus: "unpaid" });
		expect(decision.facts).toEqual([{ fact: { type: "rejected", reason: "OUT_OF_STOCK" }, at: NOW }]);
		expect(decision.events).toEqual([]);
	});

	it("marks the payment it took away as failed", () => {
		expect(reject(beingPaid(), "PAYMENT_DECLINED", NOW).state).toMatchObject({
			paymentStatus: "failed",
			isBeingPaid: false,
		});
	});

	it.each(except("pending"))("leaves a %s order as it is", (status) => {
		expect(reject(order({ status }), "OUT_OF_STOCK", NOW)).toMatchObject(NOTHING);
	});
});

describe("failPayment", () => {
	it("leaves the order pending, so that it can be paid another way", () => {
		const decision = failPayment(beingPaid(), "p-1", "PAYMENT_DECLINED", NOW);

		expect(decision.state).toMatchObject({ status: "pending", paymentStatus: "failed", isBeingPaid: false });
		expect(decision.events).toEqual([]);
	});

	it("is one failure when it is noted twice", () => {
		const once = failPayment(beingPaid(), "p-1", "PAYMENT_DECLINED", NOW).state;

		expect(failPayment(once, "p-1", "PAYMENT_DECLINED", NOW)).toEqual({ state: once, ...NOTHING });
	});

	it.each(["confirmed", "processing"] as const)("cancels a %s order whose capture is refused for good", (status) => {
		const decision = failPayment(confirmed({ status }), "p-1", "PAYMENT_NOT_CAPTURABLE", NOW);

		expect(decision.state).toMatchObject({ status: "cancelled", paymentStatus: "failed" });
		expect(happenings(decision)).toEqual(["paymentFailed", "cancelled"]);
		expect(announced(decision)).toEqual(["order.cancelled"]);
	});

	it.each(["shipped", "delivered", "returned", "cancelled", "rejected"] as const)(
		"leaves a %s order alone",
		(status) => {
			expect(failPayment(confirmed({ status }), "p-1", "PAYMENT_NOT_CAPTURABLE", NOW)).toMatchObject(NOTHING);
		},
	);

	it("does not believe that a payment failed which was captured", () => {
		expect(failPayment(confirmed({ paymentStatus: "paid" }), "p-1", "LATE", NOW)).toMatchObject(NOTHING);
	});

	it("ignores a payment that is no longer the order's", () => {
		expect(failPayment(beingPaid(), "p-0", "PAYMENT_DECLINED", NOW)).toMatchObject(NOTHING);
	});
});

describe("endCheckout", () => {
	it.each([
		[beingPaid(), "rejected", []],
		[confirmed(), "cancelled", ["order.cancelled"]],
	] as const)("turns the order into one that is final (%#)", (before, status, names) => {
		const decision = endCheckout(before, "p-1", "PAYMENT_NOT_CAPTURABLE", NOW);

		expect(decision.state).toMatchObject({ status, paymentStatus: "failed" });
		expect(announced(decision)).toEqual(names);
	});
});
