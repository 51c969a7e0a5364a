import type { WebhookDelivery, WebhookEndpoint } from "../contracts/webhooks.ts";
import type { Endpoint } from "./domain/endpoint.ts";
import type { DeliveryRow } from "./storage/deliveries.ts";

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** An endpoint as administrators see it. */
export const endpointView = (endpoint: Endpoint): WebhookEndpoint => ({
	...endpoint,
	events: [...endpoint.events],
	failingSince: iso(endpoint.failingSince),
	createdAt: endpoint.createdAt.toISOString(),
	updatedAt: endpoint.updatedAt.toISOString(),
});

/** A delivery as administrators see it. */
export const deliveryView = (row: DeliveryRow): WebhookDelivery => ({
	...row,
	nextAttemptAt: iso(row.nextAttemptAt),
	createdAt: row.createdAt.toISOString(),
	finishedAt: iso(row.finishedAt),
});
