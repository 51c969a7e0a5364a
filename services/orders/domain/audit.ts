import type { MoneyOfOrder, StockOfReservation } from "../../contracts/integrity.ts";
import type { OrderStatus } from "../../contracts/orders.ts";
import type { Line } from "./facts.ts";
import { replayed } from "./order.ts";
import type { Occurred, Order } from "./order.ts";

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

function differences(stored: Order, told: Order | undefined): string[] {
	const fields = Object.keys(stored) as (keyof Order)[];
	return fields.filter((field) => textOf(stored[field]) !== textOf(told?.[field]));
}

/** Fields come back from a database in any order. */
const textOf = (value: unknown): string => (Array.isArray(value) ? value.map(lineText).join("; ") : String(value));
const lineText = ({ productId, name, quantity, unitCents }: Line): string =>
	[productId, name, quantity, unitCents].join(" ");

/** An order that nothing works on, with what payments and products tell of it. */
export interface Settlement {
	readonly status: OrderStatus;
	readonly totalCents: number;
	readonly refundedCents: number;
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

function flawsOfStock({ status, stock }: Settlement): Flaw[] {
	if (stock?.isSettled === false) return [];
	const isSold = stock?.status === "committed";
	const isRight = LIVING.has(status) ? isSold : !isSold && stock?.status !== "held";
	if (isRight) return [];
	return [
		{ kind: "reservation-mismatch", detail: `is ${status}, and its stock is ${stock?.status ?? "not reserved"}` },
	];
}
