import { PreconditionFailed } from "../../contracts/errors.ts";
import type { Order } from "./order.ts";

/** @throws PreconditionFailed when the caller decided on another version than the current one */
export function expectVersion(order: Order, expectedVersion: number | undefined): Order {
	if (expectedVersion !== undefined && expectedVersion !== order.version)
		throw new PreconditionFailed({ currentVersion: order.version });
	return order;
}
