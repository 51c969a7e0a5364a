import type { SagaRun } from "../../../mixins/saga/saga.ts";
import type { Payment } from "../../contracts/payments.ts";
import type { Order } from "../domain/order.ts";
import type { Addresses } from "../storage/order.queries.ts";
import type { ReturnReason } from "../storage/return.queries.ts";

/** What every saga of an order knows; the order is its subject, and its id names the reservation. */
export interface OrderSagaData {
	readonly userId: string;
	/** The operation whose answer the end of the saga is. */
	readonly operationKey: string | null;
}

export interface HoldData extends OrderSagaData {
	readonly lines: readonly { readonly productId: string; readonly quantity: number }[];
	/** ISO 8601: until then the stock is held. */
	readonly holdUntil: string;
}

export interface CheckoutData extends HoldData {
	readonly paymentId: string;
	readonly method: string;
	readonly amountCents: number;
	readonly currency: string;
}

/** @param untilMs milliseconds since the epoch: how long the stock is held */
export function holdOf({ userId, lines }: Order, untilMs: number, operationKey: string | null): HoldData {
	return {
		userId,
		operationKey,
		lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
		holdUntil: new Date(untilMs).toISOString(),
	};
}

export function checkoutOf(hold: HoldData, order: Order, paymentId: string, method: string): CheckoutData {
	return { ...hold, paymentId, method, amountCents: order.totalCents, currency: order.currency };
}

/** Of a saga that a request starts. */
export interface SagaIds {
	readonly id: string;
	readonly correlationId: string | null;
}

export interface UnwindData extends OrderSagaData {
	readonly paymentId: string | null;
	readonly reason: string;
}

export interface ReturnData extends OrderSagaData {
	readonly returnId: string;
	readonly paymentId: string | null;
	readonly items: readonly { readonly productId: string; readonly quantity: number }[];
	readonly restock: boolean;
	readonly amountCents: number;
	readonly currency: string;
	/** What its answer shows: the return, or the order that staff moved to `returned`. */
	readonly shows: "return" | "order";
}

/** Shortcuts of one run: what it need not read again. */
export interface OrderMemory {
	order: Order;
	addresses: Addresses;
	payment: Payment;
	/** The stock is held; what the saga waits for is the customer. */
	isHeld: boolean;
	reversal: "nothing" | "voided" | "refunded";
	/** What a return gave back. */
	refundedCents: number;
	/** Why the order's returns were asked for and refused. */
	reasons: readonly ReturnReason[];
}

export type OrderSaga<D extends OrderSagaData = OrderSagaData> = SagaRun<D, OrderMemory>;
