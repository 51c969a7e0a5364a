import type { OrderPaymentStatus, OrderStatus } from "../../contracts/orders.ts";
import type { Fact, Line } from "./facts.ts";
import { refundedReturns, returnsAfter } from "./return-history.ts";
import type { Return } from "./return-history.ts";

export interface Order {
	readonly id: string;
	readonly number: string;
	readonly userId: string;
	readonly status: OrderStatus;
	readonly paymentStatus: OrderPaymentStatus;
	readonly currency: string;
	readonly lines: readonly Line[];
	readonly totalCents: number;
	readonly refundedCents: number;
	readonly paymentId: string | null;
	/** A payment is under way: a second one is refused meanwhile. */
	readonly isBeingPaid: boolean;
	/** In the order they were asked for. */
	readonly returns: readonly Return[];
	readonly version: number;
	readonly createdAt: string;
	readonly updatedAt: string;
}

/** A fact with the moment it happened, in ISO 8601. */
export interface Occurred {
	readonly fact: Fact;
	readonly at: string;
}

/** The order after everything that happened to it: events are the truth, the tables a projection. */
export function replayed(id: string, history: readonly Occurred[]): Order | undefined {
	return history.reduce<Order | undefined>((order, { fact, at }) => evolve(order ?? unborn(id), fact, at), undefined);
}

/** The order after one more fact. Decides nothing: what happened, happened. */
export function evolve(order: Order, fact: Fact, at: string): Order {
	return { ...order, ...effectOf(order, fact, at), version: order.version + 1, updatedAt: at };
}

/** An order before its first fact. */
export const unborn = (id: string): Order => ({
	id,
	number: "",
	userId: "",
	status: "pending",
	paymentStatus: "unpaid",
	currency: "",
	lines: [],
	totalCents: 0,
	refundedCents: 0,
	paymentId: null,
	isBeingPaid: false,
	returns: [],
	version: 0,
	createdAt: "",
	updatedAt: "",
});

function effectOf(order: Order, fact: Fact, at: string): Partial<Order> {
	switch (fact.type) {
		case "placed": {
			const { userId, number, currency, lines, totalCents } = fact;
			return { userId, number, currency, lines, totalCents, createdAt: at };
		}
		case "paymentStarted":
			return { paymentId: fact.paymentId, isBeingPaid: true, paymentStatus: "unpaid", refundedCents: 0 };
		case "paymentFailed":
			return { isBeingPaid: false, paymentStatus: "failed" };
		case "confirmed":
			return { status: "confirmed", paymentStatus: "authorized", isBeingPaid: false };
		case "paid":
			return { paymentStatus: "paid" };
		case "rejected":
			return { status: "rejected", isBeingPaid: false, paymentStatus: order.paymentId === null ? "unpaid" : "failed" };
		case "cancelled":
			return { status: "cancelled", isBeingPaid: false };
		case "moved":
			return { status: fact.to };
		case "paymentVoided":
			return { paymentStatus: "unpaid" };
		case "refunded":
			return { ...refundOf(order, fact.amountCents), returns: refundedReturns(order.returns, fact) };
		case "returnRequested":
		case "returnAccepted":
		case "returnRefused":
		case "returnSuperseded":
		case "returnCompleted":
			return { returns: returnsAfter(order.returns, fact, at) };
	}
}

function refundOf({ refundedCents, totalCents }: Order, amountCents: number): Partial<Order> {
	const sum = Math.min(refundedCents + amountCents, totalCents);
	return { refundedCents: sum, paymentStatus: sum === totalCents ? "refunded" : "partially_refunded" };
}
