import { PreconditionFailed } from "../../contracts/errors.ts";
import { OrderNotFound } from "../../contracts/orders.ts";
import type { Order } from "./order.ts";

/** @throws PreconditionFailed when the caller decided on another version than the current one */
export function expectVersion(order: Order, expectedVersion: number | undefined): Order {
	if (expectedVersion !== undefined && expectedVersion !== order.version)
		throw new PreconditionFailed({ currentVersion: order.version });
	return order;
}

/**
 * Another customer's order is answered as if it did not exist.
 *
 * @param ownerId whose orders may be touched; null touches everybody's
 */
export function ownedBy(order: Order, ownerId: string | null): Order {
	if (ownerId !== null && order.userId !== ownerId) throw new OrderNotFound();
	return order;
}
