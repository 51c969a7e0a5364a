import { describe, expect, it } from "@jest/globals";
import { differencesOf, isExpectedThere, subjectsOf } from "./reconciliation.ts";
import type { BookedPayment } from "./reconciliation.ts";
import type { SeenPayment } from "./seen.ts";

const seen = (changed: Partial<SeenPayment> = {}): SeenPayment => ({
	...{ reference: "pi_1", paymentId: "p", status: "captured", amountCents: 1050, currency: "EUR", returns: [] },
	...{ isDisputed: false, begunAt: new Date(0) },
	...changed,
});
const ours = (changed: Partial<BookedPayment> = {}): BookedPayment => ({
	...{ id: "p", reference: "pi_1", status: "captured", amountCents: 1050, currency: "EUR" },
	...{ bookedCents: 1050, bookedBackCents: 0 },
	...changed,
});
const given = (amountCents: number, status: "done" | "failed" = "done") => ({
	returns: [{ reference: "re_1", key: null, amountCents, status, reason: "" }],
});

describe("a reconciliation", () => {
	it.each([
		[seen(), ours()],
		[seen(given(50)), ours({ status: "partially_refunded", bookedBackCents: 50 })],
		[seen({ status: "held" }), ours({ status: "authorized", bookedCents: 0 })],
		[seen({ status: "voided" }), ours({ status: "voided", bookedCents: 0 })],
		[seen({ status: "declined" }), ours({ status: "failed", reference: null, bookedCents: 0 })],
		[seen({ status: "declined", paymentId: null }), undefined],
		[seen({ status: "voided", reference: "pi_2" }), ours()],
	])("finds nothing where both agree (%#)", (there, here) => expect(differencesOf(there, here)).toEqual([]));

	it.each([
		["provider-unknown", seen({ paymentId: null }), undefined],
		["provider-unknown", seen({ status: "held" }), undefined],
		["provider-unknown", seen({ reference: "pi_2" }), ours()],
		["provider-status", seen({ status: "voided" }), ours()],
		["provider-status", seen(), ours({ status: "authorized", bookedCents: 0 })],
		["provider-status", seen({ status: "held" }), ours({ status: "failed", reference: null, bookedCents: 0 })],
		["provider-status", seen({ status: "held" }), ours({ status: "pending", reference: null, bookedCents: 0 })],
		["provider-amount", seen({ amountCents: 600 }), ours()],
		["provider-amount", seen(), ours({ bookedCents: 0 })],
		["provider-amount", seen({ currency: "USD" }), ours()],
		["provider-refund", seen(given(50)), ours()],
		["provider-refund", seen(given(50, "failed")), ours({ status: "partially_refunded", bookedBackCents: 50 })],
		["provider-dispute", seen({ isDisputed: true }), ours()],
	])("finds %s (%#)", (kind, there, here) => {
		expect(differencesOf(there, here).map((difference) => difference.kind)).toEqual([kind]);
	});

	it("tells what is there beside a payment by the provider's name, so that a look at the payment does not take it back", () => {
		const beside = seen({ reference: "pi_2" });

		expect(differencesOf(beside, ours()).map(({ subject }) => subject)).toEqual(subjectsOf(beside, ours()));
		expect(subjectsOf(seen(), ours())).not.toContain("provider payment pi_2");
		expect(subjectsOf(beside, ours())).not.toContain("payment p");
	});

	it("expects at the provider what holds or has money, and nothing else", () => {
		expect(isExpectedThere(ours())).toBe(true);
		expect(isExpectedThere(ours({ status: "voided" }))).toBe(false);
		expect(isExpectedThere(ours({ amountCents: 0 }))).toBe(false);
	});
});
