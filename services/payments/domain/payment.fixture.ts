import type { Payment } from "./payment.ts";

export const NOW = new Date("2026-03-01T10:00:00.000Z");

/** A pending payment of 10.50 EUR, changed as asked. */
export const payment = (changed: Partial<Payment> = {}): Payment => ({
	id: "0197c5b0-0000-7000-8000-000000000001",
	orderId: "0197c5b0-0000-7000-8000-000000000002",
	userId: "0197c5b0-0000-7000-8000-000000000003",
	amountCents: 1050,
	refundedCents: 0,
	currency: "EUR",
	method: "pm_card_visa",
	status: "pending",
	keys: { authorize: "a", capture: "c", void: "v" },
	reference: null,
	declineReason: null,
	isLate: false,
	pendingRefunds: [],
	version: 1,
	createdAt: NOW,
	...changed,
});

export const held = (changed: Partial<Payment> = {}) =>
	payment({ status: "authorized", reference: "hold", ...changed });
export const captured = (changed: Partial<Payment> = {}) => held({ status: "captured", ...changed });
