import { describe, expect, it } from "@jest/globals";
import type { MoneyOfOrder, StockOfReservation } from "../../contracts/integrity.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import { flawsOfHistory, flawsOfSettlement, restockedUnits } from "./audit.ts";
import type { Settlement } from "./audit.ts";
import { NOW, order, PLACED_AT } from "./order.fixture.ts";
import type { Return } from "./return-history.ts";

const { id, number, userId, currency, lines, totalCents } = order();
const placed = {
	version: 1,
	at: PLACED_AT,
	fact: { type: "placed", userId, number, currency, lines, totalCents },
} as const;
const started = { version: 2, at: NOW, fact: { type: "paymentStarted", paymentId: "p-1" } } as const;
const current = order({ version: 2, paymentId: "p-1", isBeingPaid: true, updatedAt: NOW });

describe("the history of an order", () => {
	it("is in order when replayed it gives the order as it is stored, however its lines are spelled", () => {
		const respelled = lines.map(({ unitCents, quantity, name, productId }) => ({
			unitCents,
			quantity,
			name,
			productId,
		}));

		expect(flawsOfHistory(id, current, [{ ...placed, fact: { ...placed.fact, lines: respelled } }, started])).toEqual(
			[],
		);
	});

	it.each([
		["lacks its last event", [placed]],
		["lacks its first event", [started]],
		["has an event too many", [placed, started, { ...started, version: 3 }]],
		["has none at all", []],
	])("has a flaw when it %s", (_what, events) => {
		expect(flawsOfHistory(id, current, events)).toMatchObject([{ kind: "order-history" }]);
	});

	it("has a flaw when its order is gone", () => {
		expect(flawsOfHistory(id, undefined, [placed])).toEqual([
			{ kind: "order-history", detail: "1 events belong to no order" },
		]);
	});

	it("names what the order tells otherwise", () => {
		const forged = { ...current, status: "confirmed" as const, totalCents: 1, lines: lines.slice(1) };

		expect(flawsOfHistory(id, forged, [placed, started])).toEqual([
			{ kind: "order-projection", detail: "its events tell otherwise of status, lines, totalCents" },
		]);
	});
});

describe("the units that are sold again", () => {
	const one = (changed: Partial<Return>): Return => ({
		...{ id: "r-1", status: "completed", restock: true, lines: [{ productId: "p", quantity: 2 }] },
		...{ amountCents: 0, isRefunded: false, version: 3, requestedAt: NOW, decidedAt: NOW, completedAt: NOW },
		...changed,
	});

	it("are those of completed returns, unless they are not to be", () => {
		const returns = [one({}), one({ restock: false }), one({ status: "accepted" }), one({ status: "refused" })];

		expect(restockedUnits("delivered", returns)).toBe(2);
		expect(restockedUnits("confirmed", [])).toBe(0);
	});

	it("are all of an order that was returned before there were returns", () => {
		expect(restockedUnits("returned", [])).toBe("all");
	});
});

const money = (given: Partial<MoneyOfOrder> = {}): MoneyOfOrder => ({
	...{ orderId: id, netCents: 1_000, isOpen: false, isSettled: true },
	...given,
});
const stock = (given: Partial<StockOfReservation> = {}): StockOfReservation => ({
	...{ reservationId: id, status: "committed", returnedUnits: 0, isSettled: true },
	...given,
});
const flaws = (status: OrderStatus, given: Partial<Settlement> = {}) =>
	flawsOfSettlement({
		...{ status, totalCents: 1_000, refundedCents: 0, restockedUnits: 0, money: undefined, stock: undefined },
		...given,
	}).map(({ kind }) => kind);

describe("an order that nothing works on", () => {
	const living = ["confirmed", "processing", "shipped", "delivered"] as const;
	const ended = ["returned", "cancelled", "rejected"] as const;

	it.each(living)("has its total captured and its stock sold while it is %s", (status) => {
		expect(flaws(status, { money: money(), stock: stock() })).toEqual([]);
		expect(flaws(status, { money: money({ netCents: 700 }), refundedCents: 300, stock: stock() })).toEqual([]);
		expect(flaws(status, { money: money({ netCents: 999 }), stock: stock() })).toEqual(["capture-mismatch"]);
		expect(flaws(status, { stock: stock() })).toEqual(["capture-mismatch"]);
		expect(flaws(status, { money: money() })).toEqual(["reservation-mismatch"]);
		expect(flaws(status, { money: money(), stock: stock({ status: "restocked" }) })).toEqual(["reservation-mismatch"]);
	});

	it.each(ended)("has nothing when it is %s", (status) => {
		const all = { restockedUnits: "all" } as const;
		expect(flaws(status, all)).toEqual([]);
		expect(flaws(status, { ...all, money: money({ netCents: 0 }), stock: stock({ status: "released" }) })).toEqual([]);
		expect(flaws(status, { ...all, money: money() })).toEqual(["capture-mismatch"]);
		expect(flaws(status, { ...all, money: money({ netCents: 0, isOpen: true }) })).toEqual(["payment-open"]);
		expect(flaws(status, { ...all, stock: stock() })).toEqual(["reservation-mismatch"]);
		expect(flaws(status, { ...all, stock: stock({ status: "held" }) })).toEqual(["reservation-mismatch"]);
	});

	it("has as many units back on sale as its returns brought back, and the rest sold", () => {
		const living = (restockedUnits: number, returnedUnits: number) =>
			flaws("delivered", { restockedUnits, money: money(), stock: stock({ returnedUnits }) });

		expect(living(2, 2)).toEqual([]);
		expect(living(2, 1)).toEqual(["reservation-mismatch"]);
		expect(living(0, 1)).toEqual(["reservation-mismatch"]);
	});

	it("may have units that are not sold again, although it is returned", () => {
		const returned = (restockedUnits: number, status: StockOfReservation["status"], returnedUnits: number) =>
			flaws("returned", { restockedUnits, stock: stock({ status, returnedUnits }) });

		expect(returned(3, "restocked", 3)).toEqual([]);
		expect(returned(1, "committed", 1)).toEqual([]);
		expect(returned(3, "committed", 1)).toEqual(["reservation-mismatch"]);
		expect(returned(1, "restocked", 3)).toEqual(["reservation-mismatch"]);
		expect(returned(0, "held", 0)).toEqual(["reservation-mismatch"]);
	});

	it("is not pending: somebody should see to it", () => {
		expect(flaws("pending")).toEqual(["order-stuck"]);
	});

	it("is not judged by what still moves", () => {
		const moving = { money: money({ isSettled: false }), stock: stock({ status: "held", isSettled: false }) };

		expect(flaws("cancelled", moving)).toEqual([]);
	});
});
