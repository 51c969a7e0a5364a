import type { Event } from "../../contracts/event.ts";
import { fromMinor } from "../../contracts/money.ts";
import { OrderCancelled, OrderCreated, OrderUpdated } from "../../contracts/orders.ts";
import type { Fact } from "./facts.ts";
import { evolve } from "./order.ts";
import type { Occurred, Order } from "./order.ts";

/** What a rule decided: the next state, what happened, and what others are told of it. */
export interface Decision {
	readonly state: Order;
	readonly facts: readonly Occurred[];
	readonly events: readonly Event[];
}

export const unchanged = (state: Order): Decision => ({ state, facts: [], events: [] });

/** Lets facts happen to an order. `at` is an ISO 8601 moment. */
export function happened(order: Order, at: string, ...facts: readonly Fact[]): Decision {
	return facts.reduce<Decision>((decision, fact) => {
		const state = evolve(decision.state, fact, at);
		return {
			state,
			facts: [...decision.facts, { fact, at }],
			events: [...decision.events, ...announcementOf(decision.state, state, fact, at)],
		};
	}, unchanged(order));
}

/** Others hear of an order from its confirmation on; a rejected one was never theirs. */
function announcementOf(before: Order, after: Order, fact: Fact, at: string): Event[] {
	switch (fact.type) {
		case "confirmed":
			return [OrderCreated.of(bodyOf(before, after, at))];
		case "moved":
			return [OrderUpdated.of(bodyOf(before, after, at))];
		case "cancelled":
			return [OrderCancelled.of(bodyOf(before, after, at, fact.reason))];
		case "placed":
		case "paymentStarted":
		case "paymentFailed":
		case "paid":
		case "rejected":
		case "paymentVoided":
		case "refunded":
		case "returnRequested":
		case "returnAccepted":
		case "returnRefused":
		case "returnSuperseded":
		case "returnCompleted":
			return [];
	}
}

function bodyOf(
	before: Order,
	{ id, userId, status, totalCents, currency, lines }: Order,
	timestamp: string,
	reason?: string,
) {
	const items = lines.map(({ productId, quantity, unitCents }) => ({
		productId,
		quantity,
		unitPrice: fromMinor(unitCents, currency),
	}));
	const totalAmount = fromMinor(totalCents, currency);
	const body = { orderId: id, userId, status, previousStatus: before.status, totalAmount, currency, items, timestamp };
	return reason === undefined ? body : { ...body, reason };
}
