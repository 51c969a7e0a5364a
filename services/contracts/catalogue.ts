import type { ActionContract } from "./action.ts";
import { BROWSING_ACTIONS } from "./browsing.ts";
import { CALLER_ACTIONS } from "./callers.ts";
import type { EventContract } from "./event.ts";
import { INTEGRITY_ACTIONS } from "./integrity.ts";
import { INVENTORY_ACTIONS, INVENTORY_EVENTS } from "./inventory.ts";
import { NOTIFICATION_EVENTS } from "./notifications.ts";
import { OPERATION_ACTIONS } from "./operations.ts";
import { ORDER_ACTIONS, ORDER_EVENTS } from "./orders.ts";
import { PAYMENT_ACTIONS, PAYMENT_EVENTS } from "./payments.ts";
import { PLATFORM_ACTIONS } from "./platform.ts";
import { PRODUCT_ACTIONS, PRODUCT_EVENTS } from "./products.ts";
import { USER_ACTIONS, USER_EVENTS } from "./users.ts";

/** Every action by its name: what the API documentation and the contract tests read. */
export const ACTIONS: ReadonlyMap<string, ActionContract> = new Map(
	[
		...USER_ACTIONS,
		...CALLER_ACTIONS,
		...PRODUCT_ACTIONS,
		...BROWSING_ACTIONS,
		...INVENTORY_ACTIONS,
		...ORDER_ACTIONS,
		...PAYMENT_ACTIONS,
		...PLATFORM_ACTIONS,
		...OPERATION_ACTIONS,
		...INTEGRITY_ACTIONS,
	].map((contract: ActionContract) => [contract.name, contract]),
);

/** The events that each service publishes. */
export const PUBLISHED: Readonly<Record<string, readonly EventContract[]>> = {
	users: USER_EVENTS,
	products: [...PRODUCT_EVENTS, ...INVENTORY_EVENTS],
	orders: ORDER_EVENTS,
	payments: PAYMENT_EVENTS,
	notifications: NOTIFICATION_EVENTS,
};

/** Every event that a service publishes. */
export const EVENTS: readonly EventContract[] = Object.values(PUBLISHED).flat();
