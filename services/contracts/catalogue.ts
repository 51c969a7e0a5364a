import type { ActionContract } from "./action.ts";
import type { EventContract } from "./event.ts";
import { INVENTORY_ACTIONS, INVENTORY_EVENTS } from "./inventory.ts";
import { NOTIFICATION_EVENTS } from "./notifications.ts";
import { ORDER_ACTIONS, ORDER_EVENTS } from "./orders.ts";
import { PAYMENT_ACTIONS, PAYMENT_EVENTS } from "./payments.ts";
import { PLATFORM_ACTIONS } from "./platform.ts";
import { PRODUCT_ACTIONS, PRODUCT_EVENTS } from "./products.ts";
import { USER_ACTIONS, USER_EVENTS } from "./users.ts";

/** Every action by its name: what the API documentation and the contract tests read. */
export const ACTIONS: ReadonlyMap<string, ActionContract> = new Map(
	[
		...USER_ACTIONS,
		...PRODUCT_ACTIONS,
		...INVENTORY_ACTIONS,
		...ORDER_ACTIONS,
		...PAYMENT_ACTIONS,
		...PLATFORM_ACTIONS,
	].map((contract: ActionContract) => [contract.name, contract]),
);

/** Every event that a service publishes. */
export const EVENTS: readonly EventContract[] = [
	...USER_EVENTS,
	...PRODUCT_EVENTS,
	...INVENTORY_EVENTS,
	...ORDER_EVENTS,
	...PAYMENT_EVENTS,
	...NOTIFICATION_EVENTS,
];
