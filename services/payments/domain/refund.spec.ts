import { describe, expect, it } from "@jest/globals";
import { PaymentRefunded } from "../../contracts/payments.ts";
import { captured, held, NOW, payment } from "./payment.fixture.ts";
import { beginPromised, beginRefund, beginRefundOfRest, recordRefund, refundableCents } from "./refund.ts";

const order = (amount?: number) => ({ id: "r-1", amount, reason: "damaged", operationKey: null });
const pending = (amountCents: number, id = "r-1") => ({
	id,
	amountCents,
	key: `${id}:refund`,
	reason: "damaged",
	operationKey: null,
});
const REFUNDED = { status: "refunded" } as const;

describe("beginPromised", () => {
	it("waits for a refund under way that may leave enough", () => {
		const busy = captured({ pendingRefunds: [pending(1_000, "r-0")] });

		expect(() => beginPromised(busy, pending(51))).toThrow(
			expect.objectContaining({ type: "PAYMENT_OUTCOME_UNKNOWN", retryable: true }),
		);
		expect(beginPromised(busy, pending(50)).refunds).toMatchObject([{ amountCents: 50, status: "pending" }]);
	});

	it("says what is left once that is known", () => {
		expect(() => beginPromised(captured({ refundedCents: 1_000 }), pending(51))).toThrow(
			expect.objectContaining({ type: "REFUND_TOO_LARGE", data: { refundable: 0.5, currency: "EUR" } }),
		);
	});
});

describe("beginRefund", () => {
	it("stores the refund with its provider key and moves no money yet", () => {
		const { state, refunds, transfers, events } = beginRefund(captured(), order(4.2));

		expect(refunds).toEqual([{ ...pending(420), status: "pending" }]);
		expect(state).toMatchObject({ status: "captured", refundedCents: 0, pendingRefunds: [pending(420)] });
		expect({ transfers, events }).toEqual({ transfers: [], events: [] });
	});

	it("takes what is left when no amount is named", () => {
		const { refunds } = beginRefund(captured({ refundedCents: 50, pendingRefunds: [pending(400, "r-0")] }), order());

		expect(refunds).toMatchObject([{ amountCents: 600 }]);
	});

	it("counts refunds under way, so that no sum of refunds exceeds the capture", () => {
		const busy = captured({ refundedCents: 50, pendingRefunds: [pending(400, "r-0")] });

		expect(() => beginRefund(busy, order(6.01))).toThrow(
			expect.objectContaining({ type: "REFUND_TOO_LARGE", data: { refundable: 6, currency: "EUR" } }),
		);
	});

	it("refuses a refund of nothing while the rest is under way", () => {
		expect(() => beginRefund(captured({ pendingRefunds: [pending(1050, "r-0")] }), order())).toThrow(
			expect.objectContaining({ type: "REFUND_TOO_LARGE", data: { refundable: 0, currency: "EUR" } }),
		);
	});

	it("refuses an amount with more decimals than the currency has", () => {
		expect(() => beginRefund(captured(), order(1.001))).toThrow(
			expect.objectContaining({
				type: "VALIDATION_FAILED",
				data: { errors: [{ path: "amount", message: "EUR has at most 2 decimals" }] },
			}),
		);
	});

	it.each(["pending", "authorized", "voided", "failed", "refunded"] as const)(
		"refuses a payment that is %s",
		(status) => {
			expect(() => beginRefund(captured({ status }), order(1))).toThrow(
				expect.objectContaining({ type: "PAYMENT_NOT_REFUNDABLE", data: { status } }),
			);
		},
	);
});

describe("recordRefund", () => {
	const busy = captured({ pendingRefunds: [pending(420)] });

	it("books the transfer and publishes the amount of this refund", () => {
		const { state, events, transfers, refunds } = recordRefund(busy, "r-1", REFUNDED, NOW);

		expect(state).toMatchObject({ status: "partially_refunded", refundedCents: 420, pendingRefunds: [] });
		expect(refunds).toMatchObject([{ id: "r-1", status: "done" }]);
		expect(transfers).toEqual([
			{ debitAccount: "sales", creditAccount: "provider", amountCents: 420, currency: "EUR", refundId: "r-1" },
		]);
		expect(events).toMatchObject([{ name: "payment.refunded", data: { amount: 4.2, reason: "damaged" } }]);
		expect(PaymentRefunded.schema.safeParse(events[0]?.data).success).toBe(true);
	});

	it("is refunded when nothing is left", () => {
		const last = captured({ refundedCents: 630, pendingRefunds: [pending(420)] });

		expect(recordRefund(last, "r-1", REFUNDED, NOW).state.status).toBe("refunded");
	});

	it("records a refund once", () => {
		const { state } = recordRefund(busy, "r-1", REFUNDED, NOW);

		expect(recordRefund(state, "r-1", REFUNDED, NOW)).toMatchObject({ state, transfers: [], events: [] });
	});

	it("frees the amount of a refund that the provider refused", () => {
		const { state, refunds, transfers } = recordRefund(busy, "r-1", { status: "refused", reason: "closed" }, NOW);

		expect(refunds).toMatchObject([{ id: "r-1", status: "refused" }]);
		expect(transfers).toEqual([]);
		expect(state.status).toBe("captured");
		expect(refundableCents(state)).toBe(1050);
	});
});

describe("beginRefundOfRest", () => {
	it("gives back what is captured and not yet refunded", () => {
		const partly = captured({ status: "partially_refunded", refundedCents: 420 });

		expect(beginRefundOfRest(partly, "r-2", "cancelled").refunds).toMatchObject([{ id: "r-2", amountCents: 630 }]);
	});

	it("ends a free payment without a refund", () => {
		expect(beginRefundOfRest(captured({ amountCents: 0 }), "r-2", "cancelled")).toMatchObject({
			state: { status: "refunded" },
			refunds: [],
		});
	});

	it.each([
		payment(),
		held(),
		captured({ pendingRefunds: [pending(1050)] }),
		captured({ status: "partially_refunded", refundedCents: 333, pendingRefunds: [pending(1050)] }),
		captured({ status: "refunded", refundedCents: 1050 }),
	])("decides nothing when nothing is left to begin (%#)", (settled) => {
		expect(beginRefundOfRest(settled, "r-2", "cancelled")).toMatchObject({ state: settled, refunds: [] });
	});
});
