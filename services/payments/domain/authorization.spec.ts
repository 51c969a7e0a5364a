import { describe, expect, it } from "@jest/globals";
import { PaymentFailed } from "../../contracts/payments.ts";
import { recordAuthorization, requireAuthorized } from "./authorization.ts";
import { intend, tombstone } from "./intent.ts";
import { captured, held, NOW, payment } from "./payment.fixture.ts";

const { id: paymentId, orderId, userId } = payment();
const YES = { status: "authorized", reference: "hold" } as const;
const NO = { status: "declined", reason: "card_declined" } as const;

describe("intend", () => {
	it("derives every provider key from the payment and the step", () => {
		const command = { paymentId, orderId, userId, amountCents: 1050, currency: "EUR", method: "pm_card_visa" };

		const { state } = intend(command, NOW);

		expect(state).toMatchObject({ status: "pending", version: 1, amountCents: 1050, createdAt: NOW });
		expect(state.keys).toEqual({
			authorize: `${paymentId}:authorize`,
			capture: `${paymentId}:capture`,
			void: `${paymentId}:void`,
		});
	});
});

describe("tombstone", () => {
	it("is a voided payment of nothing, which refuses an authorize that comes late", () => {
		const { state } = tombstone({ paymentId, orderId, userId, reason: "out of stock" }, NOW);

		expect(state).toMatchObject({ status: "voided", amountCents: 0, currency: "XXX", method: null });
		expect(() => requireAuthorized(state)).toThrow(expect.objectContaining({ type: "PAYMENT_ENDED", code: 409 }));
	});
});

describe("recordAuthorization", () => {
	it("keeps the hold of an authorized payment", () => {
		const { state, events } = recordAuthorization(payment(), YES, NOW);

		expect(state).toMatchObject({ status: "authorized", reference: "hold", version: 2 });
		expect(events).toEqual([]);
	});

	it("fails a declined payment, and says why", () => {
		const { state, events, transfers } = recordAuthorization(payment(), NO, NOW);

		expect(state).toMatchObject({ status: "failed", declineReason: "card_declined" });
		expect(events).toMatchObject([{ name: "payment.failed", data: { amount: 10.5, reason: "card_declined" } }]);
		expect(PaymentFailed.schema.safeParse(events[0]?.data).success).toBe(true);
		expect(transfers).toEqual([]);
	});

	it.each([held(), captured(), payment({ status: "voided" }), payment({ status: "failed" })])(
		"decides nothing on a payment that is $status",
		(settled) => {
			expect(recordAuthorization(settled, YES, NOW)).toMatchObject({ state: settled, events: [] });
		},
	);
});

describe("requireAuthorized", () => {
	it("repeats the stored reason of a declined payment", () => {
		const declined = payment({ status: "failed", declineReason: "card_declined" });

		expect(() => requireAuthorized(declined)).toThrow(
			expect.objectContaining({ type: "PAYMENT_DECLINED", code: 402, data: { reason: "card_declined" } }),
		);
	});

	it.each([captured({ isLate: true }), captured({ isLate: true, status: "refunded" })])(
		"refuses money that came late and goes back, though it is $status",
		(late) => {
			expect(() => requireAuthorized(late)).toThrow(expect.objectContaining({ type: "PAYMENT_ENDED" }));
		},
	);

	it.each([held(), captured()])("accepts a payment that is $status", (settled) => {
		expect(() => requireAuthorized(settled)).not.toThrow();
	});
});
