import { describe, expect, it } from "@jest/globals";
import { ORDER_STATUSES } from "../../contracts/orders.ts";
import { MAX_RETURNS } from "../../contracts/returns.ts";
import { announced, delivered, happenings, NOTHING, NOW } from "./order.fixture.ts";
import type { Units } from "./facts.ts";
import type { Order } from "./order.ts";
import { recordRefund, refundReason } from "./refund.ts";
import { acceptReturn, completeReturn, refuseReturn, requestReturn, returnRest } from "./return.ts";

const LATER = "2026-01-03T00:00:00.000Z";
const [CUP, PLATE] = delivered().lines.map(({ productId }) => productId) as [string, string];
const cups = (quantity: number) => [{ productId: CUP, quantity }];
const plates = (quantity: number) => [{ productId: PLATE, quantity }];

const asked = (order: Order, id: string, items?: Units[]) => requestReturn(order, id, items, NOW).state;
const accepted = (order: Order, id: string, restock = true) => acceptReturn(order, id, restock, NOW).state;
const completed = (order: Order, id: string, cents: number) => completeReturn(order, id, cents, LATER).state;
const one = (order: Order, id: string) => order.returns.find((each) => each.id === id);
const refusal = (type: string, data?: object): unknown =>
	expect.objectContaining({ type, code: 409, ...(data && { data }) });

describe("asking for a return", () => {
	it("names units of a delivered order, and moves nothing", () => {
		const { state, events } = requestReturn(delivered(), "r-1", cups(1), NOW);

		expect(state).toMatchObject({ status: "delivered", paymentStatus: "paid", version: 8 });
		expect(state.returns).toMatchObject([{ id: "r-1", status: "requested", lines: cups(1), amountCents: null }]);
		expect(events).toEqual([]);
	});

	it("takes all that are left when no units are named", () => {
		const first = asked(delivered(), "r-1", cups(1));

		expect(one(asked(first, "r-2"), "r-2")?.lines).toEqual([...cups(1), ...plates(1)]);
	});

	it("sums the lines of one product, in any spelling of its id", () => {
		const items = [...cups(1), { productId: CUP.toUpperCase(), quantity: 1 }];

		expect(one(asked(delivered(), "r-1", items), "r-1")?.lines).toEqual(cups(2));
	});

	it.each(ORDER_STATUSES.filter((status) => status !== "delivered"))("is refused for an order that is %s", (status) => {
		expect(() => asked(delivered({ status }), "r-1")).toThrow(refusal("ORDER_NOT_RETURNABLE", { status }));
	});

	it("is refused for more units than were bought, less those asked for and taken back, and says how many are left", () => {
		const before = accepted(asked(asked(delivered(), "r-1", cups(1)), "r-2", plates(1)), "r-2");

		expect(() => asked(before, "r-3", [...cups(2), ...plates(1)])).toThrow(
			refusal("RETURN_EXCEEDS_ORDER", {
				items: [
					{ productId: CUP, returnable: 1 },
					{ productId: PLATE, returnable: 0 },
				],
			}),
		);
		expect(() => asked(before, "r-3", [{ productId: "another", quantity: 1 }])).toThrow(
			refusal("RETURN_EXCEEDS_ORDER", { items: [{ productId: "another", returnable: 0 }] }),
		);
	});

	it("is refused when every unit is asked for already; units of a refused return may be asked for again", () => {
		const all = asked(delivered(), "r-1");

		expect(() => asked(all, "r-2")).toThrow(refusal("NOTHING_TO_RETURN"));
		expect(one(asked(refuseReturn(all, "r-1", NOW).state, "r-2"), "r-2")?.lines).toEqual([...cups(2), ...plates(1)]);
	});

	it(`is refused after ${MAX_RETURNS} requests`, () => {
		let order = delivered();
		for (let index = 0; index < MAX_RETURNS; index++)
			order = refuseReturn(asked(order, `r-${index}`), `r-${index}`, NOW).state;

		expect(() => asked(order, "r-last")).toThrow(refusal("TOO_MANY_RETURNS"));
	});
});

describe("deciding on a return", () => {
	const order = asked(delivered(), "r-1", cups(1));

	it("fixes what is given back, and moves nothing yet", () => {
		const { state, events } = acceptReturn(order, "r-1", false, NOW);

		expect(one(state, "r-1")).toMatchObject({ status: "accepted", amountCents: 1_050, restock: false, decidedAt: NOW });
		expect(state).toMatchObject({ status: "delivered", refundedCents: 0 });
		expect(events).toEqual([]);
	});

	it("is one decision when it is made twice", () => {
		const yes = accepted(order, "r-1");
		const no = refuseReturn(order, "r-1", NOW).state;

		expect(acceptReturn(yes, "r-1", false, NOW)).toEqual({ state: yes, ...NOTHING });
		expect(refuseReturn(no, "r-1", NOW)).toEqual({ state: no, ...NOTHING });
	});

	it("cannot be turned round", () => {
		expect(() => refuseReturn(accepted(order, "r-1"), "r-1", NOW)).toThrow(
			refusal("RETURN_DECIDED", { status: "accepted" }),
		);
		expect(() => accepted(refuseReturn(order, "r-1", NOW).state, "r-1")).toThrow(
			refusal("RETURN_DECIDED", { status: "refused" }),
		);
	});

	it("needs a return of this order", () => {
		for (const decide of [() => accepted(order, "r-2"), () => refuseReturn(order, "r-2", NOW)])
			expect(decide).toThrow(expect.objectContaining({ type: "RETURN_NOT_FOUND", code: 404 }));
	});
});

describe("completing a return", () => {
	const order = accepted(asked(delivered(), "r-1", cups(1)), "r-1");

	it("notes its refund, and leaves the order delivered while the customer keeps a unit", () => {
		const decision = completeReturn(order, "r-1", 1_050, LATER);

		expect(happenings(decision)).toEqual(["refunded", "returnCompleted"]);
		expect(decision.state).toMatchObject({ status: "delivered", paymentStatus: "partially_refunded" });
		expect(one(decision.state, "r-1")).toMatchObject({ status: "completed", isRefunded: true, completedAt: LATER });
	});

	it("returns the order with its last unit, and tells others", () => {
		const rest = accepted(asked(completed(order, "r-1", 1_050), "r-2"), "r-2");
		const decision = completeReturn(rest, "r-2", 2_000, LATER);

		expect(decision.state).toMatchObject({ status: "returned", paymentStatus: "refunded", refundedCents: 3_050 });
		expect(announced(decision)).toEqual(["order.updated"]);
		expect(decision.events).toMatchObject([{ data: { status: "returned", previousStatus: "delivered" } }]);
	});

	it("counts the refund once, whether payments tells of it before or after", () => {
		const refund = { paymentId: "p-1", amountCents: 1_050, reason: refundReason("r-1") };
		const heardBefore = completed(recordRefund(order, refund, NOW).state, "r-1", 1_050);
		const heardAfter = recordRefund(completed(order, "r-1", 1_050), refund, LATER).state;
		const heardTwice = recordRefund(recordRefund(order, refund, NOW).state, refund, LATER).state;

		for (const state of [heardBefore, heardAfter, heardTwice]) expect(state.refundedCents).toBe(1_050);
		expect(one(heardBefore, "r-1")).toMatchObject({ status: "completed", amountCents: 1_050 });
	});

	it("counts what staff refunds otherwise on its own", () => {
		const staff = { paymentId: "p-1", amountCents: 500, reason: "scratched" };

		expect(recordRefund(completed(order, "r-1", 1_050), staff, LATER).state.refundedCents).toBe(1_550);
	});

	it("tells what was really given back, when staff had given back more in between", () => {
		const state = completed(order, "r-1", 0);

		expect(state.refundedCents).toBe(0);
		expect(one(state, "r-1")).toMatchObject({ status: "completed", amountCents: 0 });
	});

	it("is noted once", () => {
		const once = completed(order, "r-1", 1_050);

		expect(completeReturn(once, "r-1", 1_050, LATER)).toEqual({ state: once, ...NOTHING });
	});
});

describe("taking back the rest", () => {
	it("takes what no return has, instead of what was only asked for, and returns the order at once", () => {
		const before = asked(accepted(asked(delivered(), "r-1", cups(1)), "r-1"), "r-2", plates(1));
		const { state, events } = returnRest(before, "r-3", NOW);

		expect(state.status).toBe("returned");
		expect(one(state, "r-2")?.status).toBe("superseded");
		expect(one(state, "r-3")).toMatchObject({
			...{ status: "accepted", lines: [...cups(1), ...plates(1)], amountCents: 2_000, restock: true },
		});
		expect(events).toMatchObject([{ name: "order.updated", data: { status: "returned" } }]);
	});

	it("leaves the order returned when the returns before it are completed after it", () => {
		const before = returnRest(accepted(asked(delivered(), "r-1", cups(1)), "r-1"), "r-2", NOW).state;
		const after = completeReturn(before, "r-1", 1_050, LATER);

		expect(happenings(after)).toEqual(["refunded", "returnCompleted"]);
		expect(completed(after.state, "r-2", 2_000)).toMatchObject({ status: "returned", refundedCents: 3_050 });
	});

	it("is refused when every unit is on its way back", () => {
		const all = accepted(asked(delivered(), "r-1"), "r-1");

		expect(() => returnRest(all, "r-2", NOW)).toThrow(refusal("NOTHING_TO_RETURN"));
	});
});
