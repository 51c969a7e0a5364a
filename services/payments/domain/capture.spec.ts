import { describe, expect, it } from "@jest/globals";
import { PaymentCaptured } from "../../contracts/payments.ts";
import { recordCapture } from "./capture.ts";
import { captured, held, NOW, payment } from "./payment.fixture.ts";
import { recordVoid } from "./void.ts";

describe("recordCapture", () => {
	it("books one transfer from sales to the provider and publishes one fact", () => {
		const { state, events, transfers } = recordCapture(held(), NOW);

		expect(state).toMatchObject({ status: "captured", version: 2 });
		expect(transfers).toEqual([
			{ debitAccount: "provider", creditAccount: "sales", amountCents: 1050, currency: "EUR", refundId: null },
		]);
		expect(events).toMatchObject([{ name: "payment.captured", data: { amount: 10.5, currency: "EUR" } }]);
		expect(PaymentCaptured.schema.safeParse(events[0]?.data).success).toBe(true);
	});

	it("books nothing for a free order", () => {
		expect(recordCapture(held({ amountCents: 0 }), NOW)).toMatchObject({
			state: { status: "captured" },
			transfers: [],
		});
	});

	it.each(["captured", "partially_refunded", "refunded"] as const)(
		"captures a payment that is %s no second time",
		(status) => {
			const taken = captured({ status });

			expect(recordCapture(taken, NOW)).toMatchObject({ state: taken, events: [], transfers: [] });
		},
	);

	it.each(["pending", "failed", "voided"] as const)("refuses a payment that is %s", (status) => {
		expect(() => recordCapture(payment({ status }), NOW)).toThrow(
			expect.objectContaining({ type: "PAYMENT_NOT_CAPTURABLE", data: { status } }),
		);
	});
});

describe("recordVoid", () => {
	it("voids what is held", () => {
		expect(recordVoid(held()).state).toMatchObject({ status: "voided", version: 2 });
	});

	it("decides nothing on what is captured", () => {
		const taken = captured();

		expect(recordVoid(taken).state).toBe(taken);
	});
});
