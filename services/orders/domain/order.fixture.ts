import type { Decision } from "./decision.ts";
import type { Order } from "./order.ts";

export const PLACED_AT = "2026-01-02T03:04:05.000Z";
export const NOW = "2026-01-02T04:00:00.000Z";

/** A pending order of three items for 30.50 EUR, changed as told. */
export const order = (changed: Partial<Order> = {}): Order => ({
	id: "018f0000-0000-7000-8000-000000000001",
	number: "00000-00001",
	userId: "018f0000-0000-7000-8000-00000000000a",
	status: "pending",
	paymentStatus: "unpaid",
	currency: "EUR",
	lines: [
		{ productId: "018f0000-0000-7000-8000-0000000000f1", name: "Cup", quantity: 2, unitCents: 1_050 },
		{ productId: "018f0000-0000-7000-8000-0000000000f2", name: "Plate", quantity: 1, unitCents: 950 },
	],
	totalCents: 3_050,
	refundedCents: 0,
	paymentId: null,
	isBeingPaid: false,
	returns: [],
	version: 1,
	createdAt: PLACED_AT,
	updatedAt: PLACED_AT,
	...changed,
});

/** A pending order whose payment `p-1` is under way. */
export const beingPaid = (changed: Partial<Order> = {}): Order =>
	order({ paymentId: "p-1", isBeingPaid: true, version: 2, ...changed });

/** An order that payment `p-1` confirmed. */
export const confirmed = (changed: Partial<Order> = {}): Order =>
	order({ paymentId: "p-1", status: "confirmed", paymentStatus: "authorized", version: 3, ...changed });

/** An order that payment `p-1` paid and that has arrived. */
export const delivered = (changed: Partial<Order> = {}): Order =>
	confirmed({ status: "delivered", paymentStatus: "paid", version: 7, ...changed });

/** What happened, by name. */
export const happenings = ({ facts }: Decision): string[] => facts.map(({ fact }) => fact.type);

export const announced = ({ events }: Decision): string[] => events.map(({ name }) => name);

/** A rule that decides nothing leaves the very same order. */
export const NOTHING = { facts: [], events: [] };
