import { describe, expect, it } from "@jest/globals";
import { confirmed, NOTHING, NOW, order } from "./order.fixture.ts";
import { recordRefund, recordReversal } from "./refund.ts";

const paid = (refundedCents = 0) =>
	confirmed({ paymentStatus: refundedCents === 0 ? "paid" : "partially_refunded", refundedCents });

describe("recordRefund", () => {
	it("adds up refunds until the order is refunded", () => {
		const first = recordRefund(paid(), { paymentId: "p-1", amountCents: 1_000 }, NOW).state;
		const second = recordRefund(first, { paymentId: "p-1", amountCents: 2_050 }, NOW).state;

		expect(first).toMatchObject({ paymentStatus: "partially_refunded", refundedCents: 1_000 });
		expect(second).toMatchObject({ paymentStatus: "refunded", refundedCents: 3_050 });
	});

	it("never counts more than the order cost", () => {
		expect(recordRefund(paid(3_000), { paymentId: "p-1", amountCents: 500 }, NOW).state.refundedCents).toBe(3_050);
	});

	it("changes nothing once all is refunded, nor for a payment that is not the order's", () => {
		const refunded = confirmed({ paymentStatus: "refunded", refundedCents: 3_050 });

		expect(recordRefund(refunded, { paymentId: "p-1", amountCents: 1 }, NOW)).toMatchObject(NOTHING);
		expect(recordRefund(paid(), { paymentId: "p-0", amountCents: 1 }, NOW)).toMatchObject(NOTHING);
	});
});

describe("recordReversal", () => {
	it("notes a payment that was voided", () => {
		expect(recordReversal(confirmed(), "voided", NOW).state).toMatchObject({
			paymentStatus: "unpaid",
			refundedCents: 0,
		});
	});

	it.each([0, 1_000])("notes that the rest was refunded, after %d cents before", (refundedCents) => {
		expect(recordReversal(paid(refundedCents), "refunded", NOW)).toMatchObject({
			state: { paymentStatus: "refunded", refundedCents: 3_050 },
			facts: [{ fact: { type: "refunded", amountCents: 3_050 - refundedCents } }],
		});
	});

	it("is one reversal, whether it is noted twice or heard of from payments before", () => {
		const reversed = recordReversal(paid(), "refunded", NOW).state;
		const heardOf = recordRefund(paid(), { paymentId: "p-1", amountCents: 3_050 }, NOW).state;

		expect(recordReversal(reversed, "refunded", NOW)).toMatchObject(NOTHING);
		expect(recordReversal(heardOf, "refunded", NOW)).toMatchObject(NOTHING);
		expect(recordRefund(reversed, { paymentId: "p-1", amountCents: 3_050 }, NOW)).toMatchObject(NOTHING);
		const voided = recordReversal(confirmed(), "voided", NOW).state;
		expect(recordReversal(voided, "voided", NOW)).toMatchObject(NOTHING);
	});

	it("changes nothing where nothing was held", () => {
		expect(recordReversal(confirmed(), "nothing", NOW)).toMatchObject(NOTHING);
		expect(recordReversal(order(), "voided", NOW)).toMatchObject(NOTHING);
	});
});
