import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError, PreconditionFailed } from "./errors.ts";
import type { EventContract } from "./event.ts";
import { INVENTORY_EVENTS } from "./inventory.ts";
import { NOTIFICATION_EVENTS } from "./notifications.ts";
import { ORDER_EVENTS } from "./orders.ts";
import { listOf, listParams } from "./paging.ts";
import { PAYMENT_EVENTS } from "./payments.ts";
import { PRODUCT_EVENTS } from "./products.ts";
import { ById, Id, NoResult, text, Timestamp } from "./text.ts";
import { USER_EVENTS } from "./users.ts";

const FACTS: readonly EventContract[] = [
	...USER_EVENTS,
	...PRODUCT_EVENTS,
	...INVENTORY_EVENTS,
	...ORDER_EVENTS,
	...PAYMENT_EVENTS,
	...NOTIFICATION_EVENTS,
];

/** The facts that third parties may have; what outsiders send in, such as an order for a mail, is not among them. */
export const WEBHOOK_EVENTS = FACTS.filter(({ isOpen }) => !isOpen);

/** Sent on request only, to whom it was asked for. */
export const PING = "ping";
export const EVERY_EVENT = "*";

/** The header fields of a delivery; its body is `{ id, type, createdAt, data }`. */
export const WEBHOOK_HEADERS = {
	/** `t=<seconds since the epoch>,v1=<hex HMAC-SHA256 of "t.body">`, with a second v1 while a secret is replaced. */
	signature: "Stoa-Signature",
	eventId: "Stoa-Event-Id",
	deliveryId: "Stoa-Delivery-Id",
} as const;

/** `gone`: the receiver answered 410. `failing`: it has failed for days. `switched_off`: an administrator did it. */
export const DISABLED_REASONS = ["gone", "failing", "switched_off"] as const;

/** `pending` until it is delivered, or every try has failed or the receiver said 410. */
export const DELIVERY_STATUSES = ["pending", "delivered", "failed"] as const;

const names = WEBHOOK_EVENTS.map(({ name }) => name);
const EventName = z.enum([EVERY_EVENT, ...names]);
const EventNames = z
	.array(EventName)
	.min(1)
	.max(50)
	.refine((given) => new Set(given).size === given.length, { message: "names an event twice" });

export const WebhookEndpoint = z.object({
	id: Id,
	url: z.string(),
	events: z.array(z.string()),
	description: z.string().nullable(),
	isActive: z.boolean(),
	/** Why it gets nothing while it is not active. */
	disabledReason: z.enum(DISABLED_REASONS).nullable(),
	/** The first failure after the last delivery. */
	failingSince: Timestamp.nullable(),
	version: z.int(),
	createdAt: Timestamp,
	updatedAt: Timestamp,
});
export type WebhookEndpoint = z.output<typeof WebhookEndpoint>;

export const WebhookDelivery = z.object({
	id: Id,
	endpointId: Id,
	eventId: Id,
	type: z.string(),
	status: z.enum(DELIVERY_STATUSES),
	attempts: z.int(),
	/** Null when there is none. */
	nextAttemptAt: Timestamp.nullable(),
	createdAt: Timestamp,
	finishedAt: Timestamp.nullable(),
});
export type WebhookDelivery = z.output<typeof WebhookDelivery>;

const Attempt = z.object({
	number: z.int(),
	at: Timestamp,
	durationMs: z.int(),
	/** Null when there was no answer; then `error` says why. */
	statusCode: z.int().nullable(),
	error: z.string().nullable(),
	/** The beginning of the answer's body. */
	responseExcerpt: z.string().nullable(),
});

export const EndpointNotFound = defineError(
	"WEBHOOK_ENDPOINT_NOT_FOUND",
	404,
	"There is no such webhook endpoint. List them at GET /webhook-endpoints.",
);
export const DeliveryNotFound = defineError(
	"WEBHOOK_DELIVERY_NOT_FOUND",
	404,
	"This endpoint has no such delivery; they are kept for 30 days.",
);
export const EndpointDisabled = defineError(
	"WEBHOOK_ENDPOINT_DISABLED",
	409,
	"The endpoint is not active, so nothing is sent to it. PUT isActive true first.",
);

const fields = {
	url: text(2_000),
	events: EventNames,
	description: text(200).nullable().optional(),
	isActive: z.boolean().optional(),
};

export const CreateWebhookEndpoint = defineAction("webhooks.create", {
	summary: "Registers a receiver of events; the secret that signs them is shown this once.",
	params: z.strictObject(fields),
	result: WebhookEndpoint.extend({ secret: z.string() }),
});

export const ListWebhookEndpoints = defineAction("webhooks.list", {
	summary: "The receivers of events, newest first.",
	params: listParams({}),
	result: listOf(WebhookEndpoint),
});

export const GetWebhookEndpoint = defineAction("webhooks.get", {
	summary: "One receiver of events.",
	params: ById,
	result: WebhookEndpoint,
	errors: [EndpointNotFound],
});

export const UpdateWebhookEndpoint = defineAction("webhooks.update", {
	summary: "Changes the given fields; isActive true begins anew with a receiver that was disabled.",
	params: z.strictObject({ ...fields, url: fields.url.optional(), events: EventNames.optional(), id: Id }),
	result: WebhookEndpoint,
	errors: [EndpointNotFound, PreconditionFailed],
});

export const RemoveWebhookEndpoint = defineAction("webhooks.remove", {
	summary: "Forgets a receiver, its secret and what was still to be sent to it.",
	params: ById,
	result: NoResult,
	errors: [EndpointNotFound, PreconditionFailed],
});

export const RotateWebhookSecret = defineAction("webhooks.rotateSecret", {
	summary: "Makes a new secret, shown this once; the old one signs beside it for 24 hours.",
	params: ById,
	result: z.object({ id: Id, secret: z.string(), previousSecretUntil: Timestamp }),
	errors: [EndpointNotFound],
});

export const TestWebhookEndpoint = defineAction("webhooks.test", {
	summary: "Sends a `ping` event, whatever the endpoint's events are.",
	params: ById,
	result: WebhookDelivery,
	errors: [EndpointNotFound, EndpointDisabled],
});

export const ListWebhookDeliveries = defineAction("webhooks.deliveries", {
	summary: "What was sent to a receiver in the last 30 days, newest first.",
	params: listParams({ id: Id, status: z.enum(DELIVERY_STATUSES).optional() }),
	result: listOf(WebhookDelivery),
	errors: [EndpointNotFound],
});

const OneDelivery = z.strictObject({ id: Id, deliveryId: Id });

export const GetWebhookDelivery = defineAction("webhooks.delivery", {
	summary: "One delivery: what was sent, and how each attempt went.",
	params: OneDelivery,
	result: WebhookDelivery.extend({
		payload: z.object({ id: Id, type: z.string(), createdAt: Timestamp, data: z.record(z.string(), z.unknown()) }),
		log: z.array(Attempt),
	}),
	errors: [DeliveryNotFound],
});

export const RedeliverWebhook = defineAction("webhooks.redeliver", {
	summary: "Sends a delivery again, now and with all its tries; the receiver knows it by its event id.",
	params: OneDelivery,
	result: WebhookDelivery,
	errors: [DeliveryNotFound, EndpointDisabled],
});

export const WEBHOOK_ACTIONS = [
	CreateWebhookEndpoint,
	ListWebhookEndpoints,
	GetWebhookEndpoint,
	UpdateWebhookEndpoint,
	RemoveWebhookEndpoint,
	RotateWebhookSecret,
	TestWebhookEndpoint,
	ListWebhookDeliveries,
	GetWebhookDelivery,
	RedeliverWebhook,
];
