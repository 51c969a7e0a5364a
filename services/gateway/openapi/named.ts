import type { z } from "zod";
import { Activity, Erasure } from "../../contracts/accounts.ts";
import { ApiKey } from "../../contracts/api-keys.ts";
import { Category, CategoryNode } from "../../contracts/categories.ts";
import { Import } from "../../contracts/imports.ts";
import { ProductAnalytics, Recommendations } from "../../contracts/insights.ts";
import { Inventory, Movement } from "../../contracts/inventory.ts";
import { NotificationPreferences, PushSubscription } from "../../contracts/notification-preferences.ts";
import { Notification } from "../../contracts/notifications.ts";
import { Order } from "../../contracts/orders.ts";
import { Payment } from "../../contracts/payments.ts";
import { Product } from "../../contracts/products.ts";
import { Return } from "../../contracts/returns.ts";
import { Session } from "../../contracts/sessions.ts";
import { SignedIn, User } from "../../contracts/users.ts";
import { WebhookDelivery, WebhookEndpoint } from "../../contracts/webhooks.ts";

/** Bodies with a name of their own in the document; all others are written where they stand. */
export const NAMED: Readonly<Record<string, z.ZodType>> = {
	...{ Activity, ApiKey, Category, CategoryNode, Erasure, Import, Inventory, Movement, Notification },
	...{ NotificationPreferences, Order, Payment, Product, ProductAnalytics, PushSubscription, Recommendations },
	...{ Return, Session, SignedIn, User, WebhookDelivery, WebhookEndpoint },
};
