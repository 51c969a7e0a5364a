import { z } from "zod";
import { defineAction } from "./action.ts";
import { Order, orderFilters, OrderNotFound } from "./orders.ts";
import { listOf, listParams } from "./paging.ts";
import { Id, Timestamp } from "./text.ts";

export const ListUserOrders = defineAction("orders.ofUser", {
	summary: "A user's orders, newest first.",
	params: listParams({ ...orderFilters, userId: Id }),
	result: listOf(Order),
});

export const OrderEvent = z.object({
	version: z.int(),
	type: z.string(),
	occurredAt: Timestamp,
	data: z.record(z.string(), z.unknown()),
});
export type OrderEvent = z.output<typeof OrderEvent>;

export const OrderHistory = defineAction("orders.events", {
	summary: "Everything that happened to an order, oldest first.",
	params: listParams({ id: Id }),
	result: listOf(OrderEvent),
	errors: [OrderNotFound],
});

export const ORDER_LIST_ACTIONS = [ListUserOrders, OrderHistory];
