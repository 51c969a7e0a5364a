import { z } from "zod";
import { defineAction } from "./action.ts";
import { Address, AddressView } from "./address.ts";
import { defineError, PreconditionFailed } from "./errors.ts";
import { defineEvent } from "./event.ts";
import { OutOfStock, ReservationEnded } from "./inventory.ts";
import { Currency, MAX_AMOUNT } from "./money.ts";
import { listOf, listParams } from "./paging.ts";
import {
	OrderHasPayment,
	Payment,
	PaymentDeclined,
	PaymentEnded,
	PaymentMethod,
	PaymentNotCapturable,
} from "./payments.ts";
import { ById, Id, text, Timestamp } from "./text.ts";

export const ORDER_STATUSES = [
	"pending",
	"confirmed",
	"processing",
	"shipped",
	"delivered",
	"returned",
	"cancelled",
	"rejected",
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export const ORDER_PAYMENT_STATUSES = [
	"unpaid",
	"authorized",
	"paid",
	"partially_refunded",
	"refunded",
	"failed",
] as const;
export type OrderPaymentStatus = (typeof ORDER_PAYMENT_STATUSES)[number];

export const MAX_LINES = 100;
export const MAX_QUANTITY = 10_000;

export const Order = z.object({
	id: Id,
	number: z.string(),
	userId: Id,
	status: z.enum(ORDER_STATUSES),
	paymentStatus: z.enum(ORDER_PAYMENT_STATUSES),
	totalAmount: z.number(),
	currency: Currency,
	items: z.array(
		z.object({
			productId: Id,
			name: z.string(),
			quantity: z.int(),
			unitPrice: z.number(),
			totalPrice: z.number(),
		}),
	),
	shippingAddress: AddressView.nullable(),
	billingAddress: AddressView.nullable(),
	paymentId: Id.nullable(),
	createdAt: Timestamp,
	updatedAt: Timestamp,
});
export type Order = z.output<typeof Order>;

export const OrderNotFound = defineError("ORDER_NOT_FOUND", 404, "There is no such order.");
export const ProductUnavailable = defineError<{ productIds: readonly string[] }>(
	"PRODUCT_UNAVAILABLE",
	409,
	"A product of this order is unknown or no longer sold. `productIds` names it; leave it out.",
);
export const IllegalTransition = defineError<{ status: string; legal: readonly string[] }>(
	"ILLEGAL_TRANSITION",
	409,
	({ status, legal }) =>
		legal.length === 0
			? `An order that is ${status} has reached its end.`
			: `An order that is ${status} can only become ${legal.join(" or ")}.`,
);
export const OrderNotCancellable = defineError<{ status: string }>(
	"ORDER_NOT_CANCELLABLE",
	409,
	({ status }) => `An order that is ${status} cannot be cancelled. Once it is delivered it can be returned.`,
);
export const OrderNotPayable = defineError<{ status: string }>(
	"ORDER_NOT_PAYABLE",
	409,
	({ status }) => `An order that is ${status} cannot be paid; only a pending order that is not being paid can.`,
);
export const PaymentUnresolved = defineError<{ orderId: string }>(
	"PAYMENT_UNRESOLVED",
	503,
	"The payment provider did not answer in time; the order is not confirmed, and whatever was held is given back. Look at the order, then try again.",
);

/** What the steps of a checkout may refuse, besides what the order itself does. */
const CHECKOUT_REFUSALS = [
	PaymentDeclined,
	PaymentUnresolved,
	ReservationEnded,
	OrderHasPayment,
	PaymentEnded,
	PaymentNotCapturable,
];

export const PlaceOrder = defineAction("orders.place", {
	summary: "Places an order at today's prices; with a payment method it is confirmed and captured at once.",
	params: z.strictObject({
		items: z
			.array(z.strictObject({ productId: Id, quantity: z.int().positive().max(MAX_QUANTITY) }))
			.min(1)
			.max(MAX_LINES),
		shippingAddress: Address,
		billingAddress: Address.optional(),
		paymentMethod: PaymentMethod.optional(),
	}),
	result: Order,
	errors: [ProductUnavailable, OutOfStock, ...CHECKOUT_REFUSALS],
});

export const PayOrder = defineAction("orders.pay", {
	summary: "Pays a pending order and confirms it.",
	params: z.strictObject({ orderId: Id, paymentMethod: PaymentMethod }),
	result: Payment,
	errors: [OrderNotFound, OrderNotPayable, OutOfStock, ...CHECKOUT_REFUSALS],
});

export const GetOrder = defineAction("orders.get", {
	summary: "One order, as it is or as it was at a moment.",
	params: z.strictObject({
		...ById.shape,
		/** As it was then; before its placement there is no such order. */
		at: Timestamp.optional(),
	}),
	result: Order,
	errors: [OrderNotFound],
});

export const ORDER_SORTS = ["-createdAt", "createdAt", "total", "-total"] as const;
export type OrderSort = (typeof ORDER_SORTS)[number];

const Statuses = z
	.string()
	.max(200)
	.transform((given) => given.split(","))
	.pipe(z.array(z.enum(ORDER_STATUSES)));
const Bound = z.coerce.number().nonnegative().max(MAX_AMOUNT).optional();

/** What narrows and sorts a list of orders. */
export const orderFilters = {
	/** One status, or several with commas between them. */
	status: Statuses.optional(),
	/** Orders placed at or after this moment. */
	from: Timestamp.optional(),
	/** Orders placed before this moment. */
	to: Timestamp.optional(),
	/** Both bounds of the total included. */
	minTotal: Bound,
	maxTotal: Bound,
	/** Only those with a return that waits to be accepted or refused. */
	hasOpenReturn: z.literal("true").optional(),
	sort: z.enum(ORDER_SORTS).default("-createdAt"),
};

export const ListOrders = defineAction("orders.list", {
	summary: "The caller's orders, newest first; an admin sees everybody's, or those of one user.",
	params: listParams({ ...orderFilters, userId: Id.optional() }),
	result: listOf(Order),
});

export const SetOrderStatus = defineAction("orders.setStatus", {
	summary: "Moves an order along; an illegal move is refused and names the legal ones.",
	params: z.strictObject({ id: Id, status: z.enum(ORDER_STATUSES), reason: text(200).optional() }),
	result: Order,
	errors: [OrderNotFound, IllegalTransition, PreconditionFailed],
});

export const CancelOrder = defineAction("orders.cancel", {
	summary: "Cancels an order: gives its stock back and voids or refunds its payment.",
	params: z.strictObject({ id: Id, reason: text(200).optional() }),
	result: Order,
	errors: [OrderNotFound, OrderNotCancellable, PreconditionFailed],
});

const orderFact = {
	orderId: Id,
	userId: Id,
	status: z.enum(ORDER_STATUSES),
	previousStatus: z.enum(ORDER_STATUSES),
	totalAmount: z.number(),
	currency: Currency,
	items: z.array(z.object({ productId: Id, quantity: z.int(), unitPrice: z.number() })),
	reason: z.string().optional(),
};

export const OrderCreated = defineEvent("order.created", 1, {
	summary: "An order was confirmed: its stock is sold and its payment authorized.",
	aggregate: ["order", "orderId"],
	body: orderFact,
});
export const OrderUpdated = defineEvent("order.updated", 1, {
	summary: "A confirmed order moved on.",
	aggregate: ["order", "orderId"],
	body: orderFact,
});
export const OrderCancelled = defineEvent("order.cancelled", 1, {
	summary: "An order will not be delivered; its stock and money go back.",
	aggregate: ["order", "orderId"],
	body: orderFact,
});

export const ORDER_ACTIONS = [PlaceOrder, PayOrder, GetOrder, ListOrders, SetOrderStatus, CancelOrder];
export const ORDER_EVENTS = [OrderCreated, OrderUpdated, OrderCancelled];
