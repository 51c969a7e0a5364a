import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { DomainError } from "../../contracts/errors.ts";
import { OrderCancelled, OrderCreated, ORDER_STATUSES, OrderUpdated } from "../../contracts/orders.ts";
import type { Event } from "../../contracts/event.ts";
import type { Decision } from "./decision.ts";
import { cancel, expire, move } from "./move.ts";
import { replayed } from "./order.ts";
import type { Occurred, Order } from "./order.ts";
import { confirm, endCheckout, failPayment, recordCapture, reject, startPayment } from "./pay.ts";
import { place } from "./place.ts";
import { recordRefund, recordReversal, refundReason } from "./refund.ts";
import { acceptReturn, completeReturn, refuseReturn, requestReturn } from "./return.ts";

const ID = "018f0000-0000-7000-8000-000000000001";
const USER = "018f0000-0000-4000-8000-00000000000a";
const PRODUCT = "018f0000-0000-4000-8000-0000000000f1";
const PAYMENTS = ["018f0000-0000-4000-8000-0000000000b1", "018f0000-0000-4000-8000-0000000000b2"] as const;

type Command = (order: Order, at: string) => Decision;

const paymentId = fc.constantFrom(...PAYMENTS);
const command = fc.oneof(
	paymentId.map(
		(id): Command =>
			(order, at) =>
				startPayment(order, id, at),
	),
	paymentId.map(
		(id): Command =>
			(order, at) =>
				confirm(order, id, at),
	),
	paymentId.map(
		(id): Command =>
			(order, at) =>
				recordCapture(order, id, at),
	),
	paymentId.map(
		(id): Command =>
			(order, at) =>
				failPayment(order, id, "PAYMENT_DECLINED", at),
	),
	paymentId.map(
		(id): Command =>
			(order, at) =>
				endCheckout(order, id, "PAYMENT_DECLINED", at),
	),
	fc.constant<Command>((order, at) => reject(order, "OUT_OF_STOCK", at)),
	fc.constant<Command>((order, at) => cancel(order, at)),
	fc.constant<Command>((order, at) => expire(order, at)),
	fc.constantFrom(...ORDER_STATUSES).map(
		(to): Command =>
			(order, at) =>
				move(order, to, `r-${order.version}`, at),
	),
	fc.tuple(paymentId, fc.integer({ min: 1, max: 2_000 })).map(
		([id, cents]): Command =>
			(order, at) =>
				recordRefund(order, { paymentId: id, amountCents: cents, reason: reasonOf(order, cents) }, at),
	),
	fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }).map(
		(quantity): Command =>
			(order, at) =>
				requestReturn(order, `r-${order.version}`, unitsFor(quantity), at),
	),
	fc.tuple(fc.nat(), fc.boolean()).map(
		([index, restock]): Command =>
			(order, at) =>
				acceptReturn(order, nth(order, index), restock, at),
	),
	fc.nat().map(
		(index): Command =>
			(order, at) =>
				refuseReturn(order, nth(order, index), at),
	),
	fc.tuple(fc.nat(), fc.integer({ min: 0, max: 2_000 })).map(
		([index, cents]): Command =>
			(order, at) =>
				completeReturn(order, nth(order, index), cents, at),
	),
	fc.constantFrom("nothing", "voided", "refunded").map(
		(outcome): Command =>
			(order, at) =>
				recordReversal(order, outcome, at),
	),
);

const unitsFor = (quantity: number | undefined) =>
	quantity === undefined ? undefined : [{ productId: PRODUCT, quantity }];
/** One of the order's returns, if it has any. */
const nth = ({ returns }: Order, index: number): string => returns[index % Math.max(returns.length, 1)]?.id ?? "none";
/** Some refunds are those of returns. */
const reasonOf = (order: Order, cents: number): string => (cents % 2 === 0 ? "sorry" : refundReason(nth(order, cents)));

interface Life {
	readonly state: Order;
	readonly history: readonly Occurred[];
	readonly events: readonly Event[];
}

const instant = (index: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString();

/** An order's life under commands, of which the refused ones leave no trace. */
function lived(commands: readonly Command[]): Life {
	const quote = { currency: "EUR", products: [{ productId: PRODUCT, name: "Cup", priceCents: 1_050 }] };
	const basket = { userId: USER, items: [{ productId: PRODUCT, quantity: 3 }], paymentId: null };
	const born = place(ID, basket, quote, instant(0));
	return commands.reduce<Life>(
		(life, decide, index) => {
			const { state, facts, events } = unlessRefused(decide, life.state, instant(index + 1));
			return { state, history: [...life.history, ...facts], events: [...life.events, ...events] };
		},
		{ state: born.state, history: born.facts, events: born.events },
	);
}

function unlessRefused(decide: Command, state: Order, at: string): Decision {
	try {
		return decide(state, at);
	} catch (error) {
		if (error instanceof DomainError) return { state, facts: [], events: [] };
		throw error;
	}
}

/** Chance alone seldom delivers an order. */
const DELIVERY: readonly Command[] = [
	(order, at) => startPayment(order, PAYMENTS[0], at),
	(order, at) => confirm(order, PAYMENTS[0], at),
	(order, at) => recordCapture(order, PAYMENTS[0], at),
	...(["processing", "shipped", "delivered"] as const).map(
		(to): Command =>
			(order, at) =>
				move(order, to, "none", at),
	),
];
const start = fc.constantFrom<readonly Command[]>([], DELIVERY);

const everyLife = (rule: (life: Life) => void) => {
	fc.assert(
		fc.property(start, fc.array(command, { maxLength: 25 }), (before, commands) =>
			rule(lived([...before, ...commands])),
		),
		{ numRuns: 400 },
	);
};

const ENDED = ["rejected", "cancelled", "returned"];

describe("an order's life", () => {
	it("is told by its facts alone: replayed, they give the state", () => {
		everyLife(({ state, history }) => expect(replayed(ID, history)).toEqual(state));
	});

	it("survives storage: facts that went through JSON give the same state", () => {
		everyLife(({ state, history }) => {
			expect(replayed(ID, JSON.parse(JSON.stringify(history)) as Occurred[])).toEqual(state);
		});
	});

	it("raises the version by one a fact", () => {
		everyLife(({ state, history }) => expect(state.version).toBe(history.length));
	});

	it("never refunds more than the order cost", () => {
		everyLife(({ state: { refundedCents, totalCents, paymentStatus } }) => {
			expect(refundedCents).toBeLessThanOrEqual(totalCents);
			expect(paymentStatus === "refunded" && refundedCents < totalCents).toBe(false);
		});
	});

	it("never takes back more units than were bought", () => {
		everyLife(({ state: { lines, returns } }) => {
			const claimed = returns.filter(({ status }) => status !== "refused" && status !== "superseded");
			const units = claimed.flatMap((one) => one.lines).reduce((sum, { quantity }) => sum + quantity, 0);
			expect(units).toBeLessThanOrEqual(lines[0]?.quantity ?? 0);
		});
	});

	it("is never being paid once it left the basket", () => {
		everyLife(({ state }) => expect(state.isBeingPaid && state.status !== "pending").toBe(false));
	});

	it("ends for good", () => {
		everyLife(({ history }) => {
			const statuses = history.map((_, index) => replayed(ID, history.slice(0, index + 1))?.status ?? "");
			const end = statuses.findIndex((status) => ENDED.includes(status));

			expect(end === -1 || statuses.slice(end).every((status) => status === statuses[end])).toBe(true);
		});
	});

	it("is announced at its confirmation, once, and a rejected order never", () => {
		everyLife(({ state, events }) => {
			const names = events.map(({ name }) => name);

			expect(names.filter((name) => name === "order.created").length).toBeLessThanOrEqual(1);
			expect(state.status === "rejected" && names.length > 0).toBe(false);
			expect(names.includes("order.updated") && names[0] !== "order.created").toBe(false);
		});
	});

	it("is announced in words that readers can parse", () => {
		const contracts = new Map([OrderCreated, OrderUpdated, OrderCancelled].map((each) => [each.name, each]));

		everyLife(({ events }) => {
			for (const { name, aggregate, data } of events) {
				expect(contracts.get(name)?.schema.parse(data)).toEqual(data);
				expect(aggregate).toEqual({ type: "order", id: ID });
			}
		});
	});

	it("begins with its first fact", () => {
		expect(replayed(ID, [])).toBeUndefined();
	});
});
