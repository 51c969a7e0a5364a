import type { z } from "zod";
import { Erasure } from "../../contracts/accounts.ts";
import type { ActionContract } from "../../contracts/action.ts";
import { ApiKey, CreateApiKey, RotateApiKey } from "../../contracts/api-keys.ts";
import { ACTIONS } from "../../contracts/catalogue.ts";
import { Category } from "../../contracts/categories.ts";
import { PreconditionFailed } from "../../contracts/errors.ts";
import { Import } from "../../contracts/imports.ts";
import { Inventory } from "../../contracts/inventory.ts";
import { NotificationPreferences, PushSubscription } from "../../contracts/notification-preferences.ts";
import { GetTemplate, TemplateVersion } from "../../contracts/notification-templates.ts";
import { GetDelivery } from "../../contracts/notifications.ts";
import { Order, PayOrder } from "../../contracts/orders.ts";
import { SavedMethod } from "../../contracts/payment-methods.ts";
import { Payment } from "../../contracts/payments.ts";
import { Product } from "../../contracts/products.ts";
import { GetRegistration, QueueRegistration } from "../../contracts/registrations.ts";
import { Return } from "../../contracts/returns.ts";
import { Register, User } from "../../contracts/users.ts";
import {
	CreateWebhookEndpoint,
	GetWebhookDelivery,
	WebhookDelivery,
	WebhookEndpoint,
} from "../../contracts/webhooks.ts";

/** Single resources whose version rises with each change; their services tell it in `$version`. */
const VERSIONED: ReadonlySet<z.ZodType> = new Set([
	...[ApiKey, CreateApiKey.result, RotateApiKey.result, Category, Inventory, NotificationPreferences, Order, Payment],
	...[Product, Return, SavedMethod, User, WebhookEndpoint, CreateWebhookEndpoint.result],
]);

/** Single resources that no client can edit: no update is lost, so the hash alone tells one state from another. */
const UNEDITED: ReadonlySet<z.ZodType> = new Set([
	...[Erasure, GetRegistration.result, QueueRegistration.result, GetTemplate.result, Import, GetDelivery.result],
	...[PushSubscription, TemplateVersion, WebhookDelivery, GetWebhookDelivery.result],
]);
const ONLY_VERSION = 1;

/** A new account comes with its tokens; what a checkout answers is another service's payment, of unknown version. */
const EXCEPTIONS: ReadonlyMap<ActionContract, boolean> = new Map<ActionContract, boolean>([
	[Register, true],
	[PayOrder, false],
]);

/** Whether an action answers one resource, whose version stands in its ETag. */
export const isSingle = (contract: ActionContract): boolean =>
	EXCEPTIONS.get(contract) ?? (VERSIONED.has(contract.result) || UNEDITED.has(contract.result));

/** Of what an action answers; undefined where that is no single resource. */
export function versionOf(actionName: string, told: number | undefined): number | undefined {
	const result = ACTIONS.get(actionName)?.result;
	return told ?? (result !== undefined && UNEDITED.has(result) ? ONLY_VERSION : undefined);
}

/**
 * Refuses an If-Match that names another version of what has only one, for its service does not look at it.
 *
 * @throws PreconditionFailed
 */
export function refuseForeignVersion(actionName: string, expected: number | undefined): void {
	const contract = ACTIONS.get(actionName);
	if (expected === undefined || expected === ONLY_VERSION || contract === undefined) return;
	if (!contract.errors.includes(PreconditionFailed)) throw new PreconditionFailed();
}
