import type { MoneyOfOrder, StockOfReservation } from "../../contracts/integrity.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import { replayed } from "./order.ts";
import type { Occurred, Order } from "./order.ts";
import type { Return } from "./return-history.ts";

/** What is wrong with an order. */
export interface Flaw {
	readonly kind: OrderFlaw;
	readonly detail: string;
}

export const HISTORY_FLAWS = ["order-history", "order-projection"] as const;
export const SETTLEMENT_FLAWS = ["capture-mismatch", "payment-open", "reservation-mismatch", "order-stuck"] as const;
type OrderFlaw = (typeof HISTORY_FLAWS | typeof SETTLEMENT_FLAWS)[number];

export interface StoredEvent extends Occurred {
	readonly version: number;
}

/** The events of an order have no gap, and replayed they give the order as it is stored. */
export function flawsOfHistory(id: string, stored: Order | undefined, events: readonly StoredEvent[]): Flaw[] {
	if (stored === undefined) return [{ kind: "order-history", detail: `${events.length} events belong to no order` }];

	const versions = events.map(({ version }) => version);
	const isWhole = versions.length === stored.version && versions.every((version, index) => version === index + 1);
	if (!isWhole) {
		const had = versions.length === 0 ? "none" : versions.join(", ");
		return [{ kind: "order-history", detail: `is at version ${stored.version}, its events are ${had}` }];
	}
	const differing = differences(stored, replayed(id, events));
	if (differing.length === 0) return [];
	return [{ kind: "order-projection", detail: `its events tell otherwise of ${differing.join(", ")}` }];
}

/** Names of the fields that tell otherwise. */
export function differences(stored: Order, told: Order | undefined): string[] {
	const fields = Object.keys(stored) as (keyof Order)[];
	return fields.filter((field) => textOf(stored[field]) !== textOf(told?.[field]));
}

/** Fields of objects come back from a database in any order. */
function textOf(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
	if (typeof value !== "object" || value === null) return String(value);
	const fields = Object.entries(value).map(([name, field]) => `${name}: ${textOf(field)}`);
	return `{${fields.toSorted().join()}}`;
}

/** An order that nothing works on, with what payments and products tell of it. */
export interface Settlement {
	readonly status: OrderStatus;
	readonly totalCents: number;
	readonly refundedCents: number;
	/** Units that its returns put back on sale. */
	readonly restockedUnits: number | "all";
	readonly money: MoneyOfOrder | undefined;
	readonly stock: StockOfReservation | undefined;
}

const LIVING: ReadonlySet<OrderStatus> = new Set(["confirmed", "processing", "shipped", "delivered"]);

/** Living orders have exactly their total captured, less refunds, and their stock sold; ended ones have nothing. */
export function flawsOfSettlement(order: Settlement): Flaw[] {
	if (order.status === "pending") return [{ kind: "order-stuck", detail: "is pending, and no saga works on it" }];
	return [...flawsOfMoney(order), ...flawsOfStock(order)];
}

function flawsOfMoney({ status, totalCents, refundedCents, money }: Settlement): Flaw[] {
	if (money?.isSettled === false) return [];
	const expected = LIVING.has(status) ? totalCents - refundedCents : 0;
	const net = money?.netCents ?? 0;
	const open: Flaw = { kind: "payment-open", detail: `is ${status}, and a payment of it is neither taken nor let go` };
	const mismatch: Flaw = { kind: "capture-mismatch", detail: `is ${status} and has ${net} of ${expected} captured` };
	return [...(money?.isOpen ? [open] : []), ...(net === expected ? [] : [mismatch])];
}

function flawsOfStock(order: Settlement): Flaw[] {
	const { status, restockedUnits, stock } = order;
	if (stock?.isSettled === false || isStockRight(order)) return [];
	const had = stock === undefined ? "not reserved" : `${stock.status} with ${stock.returnedUnits} units back on sale`;
	const expected = LIVING.has(status) || status === "returned" ? ` after ${restockedUnits} units came back` : "";
	return [{ kind: "reservation-mismatch", detail: `is ${status}${expected}, and its stock is ${had}` }];
}

function isStockRight({ status, restockedUnits, stock }: Settlement): boolean {
	const isSold = stock?.status === "committed";
	if (LIVING.has(status)) return isSold && stock.returnedUnits === restockedUnits;
	if (status !== "returned" || restockedUnits === "all") return !isSold && stock?.status !== "held";
	return (isSold || stock?.status === "restocked") && stock.returnedUnits === restockedUnits;
}

/**
 * How many units came back and are sold again, as the order tells it. Before there were returns, an order that was
 * returned gave all of them back.
 */
export function restockedUnits(status: OrderStatus, returns: readonly Return[]): number | "all" {
	if (status === "returned" && returns.length === 0) return "all";
	const restocked = returns.filter((one) => one.status === "completed" && one.restock === true);
	return restocked.flatMap(({ lines }) => lines).reduce((sum, { quantity }) => sum + quantity, 0);
}
