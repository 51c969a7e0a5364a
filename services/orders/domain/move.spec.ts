import { describe, expect, it } from "@jest/globals";
import { ORDER_STATUSES } from "../../contracts/orders.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import { cancel, expire, move } from "./move.ts";
import { announced, beingPaid, confirmed, happenings, NOTHING, NOW, order } from "./order.fixture.ts";
import type { Order } from "./order.ts";

const legal: Readonly<Record<OrderStatus, readonly OrderStatus[]>> = {
	pending: ["cancelled"],
	confirmed: ["processing", "cancelled"],
	processing: ["shipped", "cancelled"],
	shipped: ["delivered"],
	delivered: ["returned"],
	returned: [],
	cancelled: [],
	rejected: [],
};
const pairs = ORDER_STATUSES.flatMap((from) => ORDER_STATUSES.map((to) => ({ from, to })));
const legalPairs = pairs.filter(({ from, to }) => legal[from].includes(to));
const samePairs = pairs.filter(({ from, to }) => from === to);
const illegalPairs = pairs.filter(({ from, to }) => from !== to && !legal[from].includes(to));

const paid = (changed: Partial<Order> = {}): Order => confirmed({ paymentStatus: "paid", ...changed });

describe("move", () => {
	it.each(legalPairs)("moves an order from $from to $to", ({ from, to }) => {
		const { state } = move(order({ status: from }), to, "r-1", NOW);

		expect(state).toMatchObject({ status: to, updatedAt: NOW });
	});

	it.each(samePairs)("decides nothing when a $from order is moved where it is", ({ from }) => {
		const before = order({ status: from });

		expect(move(before, from, "r-1", NOW)).toEqual({ state: before, ...NOTHING });
	});

	it.each(illegalPairs)("refuses to move a $from order to $to, and names the legal moves", ({ from, to }) => {
		expect(() => move(order({ status: from }), to, "r-1", NOW)).toThrow(
			expect.objectContaining({
				type: "ILLEGAL_TRANSITION",
				code: 409,
				data: { status: from, legal: legal[from] },
			}),
		);
	});

	it("covers every pair of statuses", () => {
		expect(legalPairs.length + samePairs.length + illegalPairs.length).toBe(ORDER_STATUSES.length ** 2);
	});

	it.each([
		["confirmed", "processing", "order.updated"],
		["processing", "shipped", "order.updated"],
		["shipped", "delivered", "order.updated"],
		["delivered", "returned", "order.updated"],
		["confirmed", "cancelled", "order.cancelled"],
	] as const)("tells others that a %s order is %s by %s, with both statuses", (from, to, name) => {
		const { events } = move(paid({ status: from }), to, "r-1", NOW);

		expect(events).toMatchObject([{ name, data: { status: to, previousStatus: from, timestamp: NOW } }]);
	});

	it("refuses to process an order whose payment is not captured yet; it can be cancelled", () => {
		const uncaptured = confirmed({ paymentStatus: "authorized" });

		expect(() => move(uncaptured, "processing", "r-1", NOW)).toThrow(
			expect.objectContaining({ type: "ILLEGAL_TRANSITION", data: { status: "confirmed", legal: ["cancelled"] } }),
		);
		expect(move(uncaptured, "cancelled", "r-1", NOW).state.status).toBe("cancelled");
	});

	it("tells no reason: what staff wrote may name somebody", () => {
		const { facts, events } = move(paid(), "processing", "r-1", NOW);

		expect(facts).toEqual([{ fact: { type: "moved", to: "processing" }, at: NOW }]);
		expect(events[0]?.data).not.toHaveProperty("reason");
	});

	it("takes back all that is left of an order that is returned", () => {
		expect(happenings(move(paid({ status: "delivered" }), "returned", "r-1", NOW))).toEqual([
			...["returnRequested", "returnAccepted", "moved"],
		]);
	});
});

describe("cancel", () => {
	it.each(["pending", "confirmed", "processing"] as const)("cancels an order that is %s", (status) => {
		const decision = cancel(order({ status }), NOW);

		expect(decision.state).toMatchObject({ status: "cancelled", isBeingPaid: false });
		expect(decision.facts).toEqual([{ fact: { type: "cancelled", reason: "cancelled on request" }, at: NOW }]);
		expect(announced(decision)).toEqual(["order.cancelled"]);
	});

	it.each(["shipped", "delivered", "returned", "rejected"] as const)(
		"refuses to cancel an order that is %s",
		(status) => {
			expect(() => cancel(order({ status }), NOW)).toThrow(
				expect.objectContaining({ type: "ORDER_NOT_CANCELLABLE", code: 409, data: { status } }),
			);
		},
	);

	it("cancels once, however often it is asked", () => {
		const once = cancel(order(), NOW).state;

		expect(cancel(once, NOW)).toEqual({ state: once, ...NOTHING });
	});

	it("cancels an order in the middle of its payment", () => {
		expect(cancel(beingPaid(), NOW).state).toMatchObject({ status: "cancelled", isBeingPaid: false });
	});

	it("says only that it was asked for: the customer's own words can be erased, events cannot", () => {
		expect(cancel(order(), NOW).events).toMatchObject([{ data: { reason: "cancelled on request" } }]);
	});
});

describe("expire", () => {
	it("cancels a pending order that nobody pays", () => {
		const decision = expire(order(), NOW);

		expect(happenings(decision)).toEqual(["cancelled"]);
		expect(decision.events).toMatchObject([{ name: "order.cancelled", data: { reason: "not paid in time" } }]);
	});

	it("cancels a pending order whose payment failed", () => {
		expect(expire(order({ paymentStatus: "failed" }), NOW).state.status).toBe("cancelled");
	});

	it("waits for whoever is paying", () => {
		expect(expire(beingPaid(), NOW)).toMatchObject(NOTHING);
	});

	it.each(ORDER_STATUSES.filter((status) => status !== "pending"))("leaves a %s order alone", (status) => {
		expect(expire(order({ status }), NOW)).toMatchObject(NOTHING);
	});
});
