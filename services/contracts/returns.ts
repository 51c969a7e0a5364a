import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";
import { Currency } from "./money.ts";
import { MAX_LINES, MAX_QUANTITY, OrderNotFound } from "./orders.ts";
import { listOf, listParams } from "./paging.ts";
import { Id, text, Timestamp } from "./text.ts";

/**
 *     requested → accepted → completed
 *         ├→ refused
 *         └→ superseded (staff took the whole order back)
 *
 * `accepted` is the pivot: from there it goes forward until the stock is back and the money given back.
 */
export const RETURN_STATUSES = ["requested", "accepted", "completed", "refused", "superseded"] as const;
export type ReturnStatus = (typeof RETURN_STATUSES)[number];

/** How often units of one order can be asked to be taken back. */
export const MAX_RETURNS = 50;

export const Return = z.object({
	id: Id,
	orderId: Id,
	userId: Id,
	status: z.enum(RETURN_STATUSES),
	items: z.array(z.object({ productId: Id, name: z.string(), quantity: z.int() })),
	/** What is given back for it; null before it is accepted. */
	refundAmount: z.number().nullable(),
	currency: Currency,
	/** Whether its units are sold again; null before it is accepted. */
	restock: z.boolean().nullable(),
	/** Of the customer, and why staff refused it; both are erased with his other personal data. */
	reason: z.string().nullable(),
	refusal: z.string().nullable(),
	requestedAt: Timestamp,
	decidedAt: Timestamp.nullable(),
	completedAt: Timestamp.nullable(),
});
export type Return = z.output<typeof Return>;

export const ReturnNotFound = defineError("RETURN_NOT_FOUND", 404, "This order has no such return.");
export const OrderNotReturnable = defineError<{ status: string }>(
	"ORDER_NOT_RETURNABLE",
	409,
	({ status }) => `An order that is ${status} cannot be returned; only a delivered one can.`,
);
export const ReturnExceedsOrder = defineError<{ items: readonly { productId: string; returnable: number }[] }>(
	"RETURN_EXCEEDS_ORDER",
	409,
	"More units were named than are left to return. `items` tells how many of each product can be.",
);
export const NothingToReturn = defineError(
	"NOTHING_TO_RETURN",
	409,
	"Every unit of this order is returned, or asked to be. Look at its returns.",
);
export const TooManyReturns = defineError(
	"TOO_MANY_RETURNS",
	409,
	`An order takes ${MAX_RETURNS} requests for a return, the refused ones included. Ask the shop.`,
);
export const ReturnDecided = defineError<{ status: string }>(
	"RETURN_DECIDED",
	409,
	({ status }) => `This return is ${status}; only one that is requested can be decided.`,
);

const OfOrder = { id: Id, returnId: Id };

export const RequestReturn = defineAction("orders.requestReturn", {
	summary: "Asks the shop to take units of a delivered order back; all that are left unless items are named.",
	params: z.strictObject({
		id: Id,
		items: z
			.array(z.strictObject({ productId: Id, quantity: z.int().positive().max(MAX_QUANTITY) }))
			.min(1)
			.max(MAX_LINES)
			.optional(),
		reason: text(500),
	}),
	result: Return,
	errors: [OrderNotFound, OrderNotReturnable, ReturnExceedsOrder, NothingToReturn, TooManyReturns],
});

export const ListReturns = defineAction("orders.returns", {
	summary: "The returns of an order, newest first.",
	params: listParams({ id: Id }),
	result: listOf(Return),
	errors: [OrderNotFound],
});

export const GetReturn = defineAction("orders.getReturn", {
	summary: "One return of an order.",
	params: z.strictObject(OfOrder),
	result: Return,
	errors: [OrderNotFound, ReturnNotFound],
});

export const AcceptReturn = defineAction("orders.acceptReturn", {
	summary: "Takes the units back: they are sold again unless told otherwise, and their price is given back.",
	params: z.strictObject({ ...OfOrder, restock: z.boolean().default(true) }),
	result: Return,
	errors: [OrderNotFound, ReturnNotFound, ReturnDecided],
});

export const RefuseReturn = defineAction("orders.refuseReturn", {
	summary: "Declines a return that was asked for, and says why.",
	params: z.strictObject({ ...OfOrder, reason: text(500) }),
	result: Return,
	errors: [OrderNotFound, ReturnNotFound, ReturnDecided],
});

export const RETURN_ACTIONS = [RequestReturn, ListReturns, GetReturn, AcceptReturn, RefuseReturn];
