import { z } from "zod";
import { defineAction } from "./action.ts";
import { FROM_OPERATORS, ServiceName, unreachable } from "./operations.ts";
import { Id, Nothing, Timestamp } from "./text.ts";

/** Something stored that contradicts something else, or waits longer than it may. */
export const Finding = z.object({
	kind: z.string(),
	/** What is concerned, e.g. `order 0198…`. */
	subject: z.string(),
	detail: z.string(),
	since: Timestamp,
});
export type Finding = z.output<typeof Finding>;

/** Answered by every service that audits itself, under its own name. */
export const auditOf = (service: string) =>
	defineAction(`${service}.audit`, {
		summary: "Recomputes what the service stores, newest first, and tells what does not add up.",
		callers: FROM_OPERATORS,
		params: Nothing,
		result: z.object({
			findings: z.array(Finding),
			/** False when there was more than could be looked at in time; the periodic check reaches the rest. */
			isComplete: z.boolean(),
			/** How many things were looked at. */
			checked: z.int(),
			/** Audits that could not be made now, with the reason. */
			unchecked: z.array(z.object({ audit: z.string(), reason: z.string() })),
		}),
	});

export const Integrity = defineAction("gateway.integrity", {
	summary: "Recomputes stock, ledger, captures, events, outboxes and sagas, and tells what does not add up.",
	callers: FROM_OPERATORS,
	params: Nothing,
	result: z.object({
		/** True when everything could be looked at and nothing was found. */
		isClean: z.boolean(),
		findings: z.array(z.object({ service: ServiceName, ...Finding.shape })),
		services: z.array(
			z.object({
				name: ServiceName,
				isComplete: z.boolean(),
				checked: z.int(),
				unchecked: z.array(z.object({ audit: z.string(), reason: z.string() })),
			}),
		),
		unreachable,
		checkedAt: Timestamp,
	}),
});

/** What the audits of services ask each other, a chunk at a time. */
const orderIds = z.array(Id).max(500);
/** What changed after this moment is answered as not settled. */
const settledBefore = Timestamp;

export const MoneyOfOrders = defineAction("payments.ofOrders", {
	summary:
		"What the payments of some orders have taken, less what was given back; orders without payments are left out.",
	callers: ["orders"],
	params: z.strictObject({ orderIds, settledBefore }),
	result: z.array(
		z.object({
			orderId: Id,
			netCents: z.int(),
			/** A payment is begun or held, and not captured. */
			isOpen: z.boolean(),
			isSettled: z.boolean(),
		}),
	),
});
export type MoneyOfOrder = z.output<typeof MoneyOfOrders.result>[number];

export const RESERVATION_STATUSES = ["held", "committed", "released", "restocked"] as const;

export const StockOfReservations = defineAction("products.ofReservations", {
	summary: "What became of some reservations; unknown ones are left out.",
	callers: ["orders"],
	params: z.strictObject({ reservationIds: orderIds, settledBefore }),
	result: z.array(
		z.object({
			reservationId: Id,
			status: z.enum(RESERVATION_STATUSES),
			/** Units that were sold under it and are on sale again. */
			returnedUnits: z.int(),
			isSettled: z.boolean(),
		}),
	),
});
export type StockOfReservation = z.output<typeof StockOfReservations.result>[number];

export const KnownOrders = defineAction("orders.known", {
	summary: "Which of some orders exist.",
	callers: ["payments", "products"],
	params: z.strictObject({ orderIds }),
	result: z.array(Id),
});

export const INTEGRITY_ACTIONS = [Integrity, MoneyOfOrders, StockOfReservations, KnownOrders];
