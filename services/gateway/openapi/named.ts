import type { z } from "zod";
import type { ActionContract } from "../../contracts/action.ts";
import { Activity, Erasure } from "../../contracts/accounts.ts";
import { ApiKey, CreateApiKey, RotateApiKey } from "../../contracts/api-keys.ts";
import { Category, CategoryNode } from "../../contracts/categories.ts";
import { Import } from "../../contracts/imports.ts";
import { ProductAnalytics, Recommendations } from "../../contracts/insights.ts";
import { Inventory, Movement } from "../../contracts/inventory.ts";
import { NotificationPreferences, PushSubscription } from "../../contracts/notification-preferences.ts";
import { Notification } from "../../contracts/notifications.ts";
import { Order, PayOrder } from "../../contracts/orders.ts";
import { Payment } from "../../contracts/payments.ts";
import { Product } from "../../contracts/products.ts";
import { Return } from "../../contracts/returns.ts";
import { Session } from "../../contracts/sessions.ts";
import { Register, SignedIn, User } from "../../contracts/users.ts";
import { CreateWebhookEndpoint, WebhookDelivery, WebhookEndpoint } from "../../contracts/webhooks.ts";

/** Bodies with a name of their own in the document; all others are written where they stand. */
export const NAMED: Readonly<Record<string, z.ZodType>> = {
	...{ Activity, ApiKey, Category, CategoryNode, Erasure, Import, Inventory, Movement, Notification },
	...{ NotificationPreferences, Order, Payment, Product, ProductAnalytics, PushSubscription, Recommendations },
	...{ Return, Session, SignedIn, User, WebhookDelivery, WebhookEndpoint },
};

/** Single resources with a version, which their answers carry as an ETag. */
const VERSIONED: ReadonlySet<z.ZodType> = new Set([
	...[ApiKey, CreateApiKey.result, RotateApiKey.result, Category, Inventory, NotificationPreferences, Order, Payment],
	...[Product, Return, User, WebhookEndpoint, CreateWebhookEndpoint.result],
]);

/** A new account comes with its tokens; what a checkout answers is another service's payment, of unknown version. */
const EXCEPTIONS: ReadonlyMap<ActionContract, boolean> = new Map<ActionContract, boolean>([
	[Register, true],
	[PayOrder, false],
]);

/** Whether an action answers one resource with a version. */
export const isVersioned = (contract: ActionContract): boolean =>
	EXCEPTIONS.get(contract) ?? VERSIONED.has(contract.result);
