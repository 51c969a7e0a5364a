import { ACCOUNT_ACTIONS } from "./accounts.ts";
import type { ActionContract } from "./action.ts";
import { API_KEY_ACTIONS } from "./api-keys.ts";
import { BODY_ACTIONS } from "./bodies.ts";
import { BROWSING_ACTIONS } from "./browsing.ts";
import { CALLER_ACTIONS } from "./callers.ts";
import { CATEGORY_ACTIONS, CATEGORY_EVENTS } from "./categories.ts";
import { CREDENTIAL_ACTIONS } from "./credentials.ts";
import { DELIVERY_REPORT_ACTIONS } from "./delivery-reports.ts";
import type { EventContract } from "./event.ts";
import { IMPORT_ACTIONS } from "./imports.ts";
import { INSIGHT_ACTIONS } from "./insights.ts";
import { INTEGRITY_ACTIONS } from "./integrity.ts";
import { INVENTORY_ACTIONS, INVENTORY_EVENTS } from "./inventory.ts";
import { PREFERENCE_ACTIONS } from "./notification-preferences.ts";
import { TEMPLATE_ACTIONS } from "./notification-templates.ts";
import { EmailNotifications, NOTIFICATION_ACTIONS, NOTIFICATION_EVENTS } from "./notifications.ts";
import { OPERATION_ACTIONS } from "./operations.ts";
import { ORDER_LIST_ACTIONS } from "./order-lists.ts";
import { ORDER_ACTIONS, ORDER_EVENTS } from "./orders.ts";
import { PAYMENT_ACTIONS, PAYMENT_EVENTS } from "./payments.ts";
import { PROVIDER_EVENT_ACTIONS } from "./provider-events.ts";
import { TRANSACTION_ACTIONS } from "./transactions.ts";
import { METHOD_ACTIONS } from "./payment-methods.ts";
import { PLATFORM_ACTIONS } from "./platform.ts";
import { PRODUCT_ACTIONS, PRODUCT_EVENTS } from "./products.ts";
import { RECONCILIATION_ACTIONS } from "./reconciliation.ts";
import { REGISTRATION_ACTIONS, REGISTRATION_EVENTS } from "./registrations.ts";
import { SEARCH_ACTIONS } from "./searching.ts";
import { SESSION_ACTIONS } from "./sessions.ts";
import { RETURN_ACTIONS } from "./returns.ts";
import { USER_ACTIONS, USER_EVENTS } from "./users.ts";
import { WEBHOOK_ACTIONS } from "./webhooks.ts";

/** Every action by its name: what the API documentation and the contract tests read. */
export const ACTIONS: ReadonlyMap<string, ActionContract> = new Map(
	[
		...USER_ACTIONS,
		...SESSION_ACTIONS,
		...CREDENTIAL_ACTIONS,
		...ACCOUNT_ACTIONS,
		...REGISTRATION_ACTIONS,
		...CALLER_ACTIONS,
		...API_KEY_ACTIONS,
		...PRODUCT_ACTIONS,
		...SEARCH_ACTIONS,
		...CATEGORY_ACTIONS,
		...BROWSING_ACTIONS,
		...INVENTORY_ACTIONS,
		...IMPORT_ACTIONS,
		...INSIGHT_ACTIONS,
		...ORDER_ACTIONS,
		...ORDER_LIST_ACTIONS,
		...RETURN_ACTIONS,
		...PAYMENT_ACTIONS,
		...METHOD_ACTIONS,
		...RECONCILIATION_ACTIONS,
		...TRANSACTION_ACTIONS,
		...PROVIDER_EVENT_ACTIONS,
		...NOTIFICATION_ACTIONS,
		...DELIVERY_REPORT_ACTIONS,
		...TEMPLATE_ACTIONS,
		...PREFERENCE_ACTIONS,
		...WEBHOOK_ACTIONS,
		...PLATFORM_ACTIONS,
		...BODY_ACTIONS,
		...OPERATION_ACTIONS,
		...INTEGRITY_ACTIONS,
	].map((contract: ActionContract) => [contract.name, contract]),
);

/** The events that each service publishes. */
export const PUBLISHED: Readonly<Record<string, readonly EventContract[]>> = {
	users: [...USER_EVENTS, ...REGISTRATION_EVENTS, EmailNotifications],
	products: [...PRODUCT_EVENTS, ...CATEGORY_EVENTS, ...INVENTORY_EVENTS],
	orders: ORDER_EVENTS,
	payments: PAYMENT_EVENTS,
	notifications: NOTIFICATION_EVENTS,
};

/** Every event that a service publishes. */
export const EVENTS: readonly EventContract[] = Object.values(PUBLISHED).flat();
