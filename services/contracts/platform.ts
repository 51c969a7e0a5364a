import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";
import { Nothing, Timestamp } from "./text.ts";

export const HEALTH = ["healthy", "degraded", "unhealthy"] as const;
const HealthState = z.enum(HEALTH);
export type HealthState = z.output<typeof HealthState>;

/** The services of this version, and the name each has in `/health` and `/services`. */
export const SERVICES = {
	users: "user",
	products: "product",
	orders: "order",
	payments: "payment",
	notifications: "notification",
	webhooks: "webhook",
} as const;

export const MalformedRequest = defineError(
	"MALFORMED_REQUEST",
	400,
	"The request is not valid HTTP, its address is not valid percent-encoded UTF-8, or it ended too early. Correct it and send it again.",
);

export const RequestTimedOut = defineError(
	"REQUEST_TIMED_OUT",
	408,
	"The request did not arrive completely in time. Send it again.",
);

export const HeadersTooLarge = defineError(
	"HEADERS_TOO_LARGE",
	431,
	"The header fields of the request are too large. Send fewer or shorter ones.",
);

/** It may have acted before it fell silent, so a command wants its Idempotency-Key again. */
export const ServiceUnavailable = defineError<{ retryAfterSeconds: number }>(
	"SERVICE_UNAVAILABLE",
	503,
	"The service that answers this did not do so in time. Send the same request again after Retry-After, with the same Idempotency-Key.",
	{ retryable: true },
);

export const Internal = defineError(
	"INTERNAL",
	500,
	"Something went wrong on our side and was written down. Quote the requestId when you report it.",
);

/** What the gateway itself may answer on any route. */
export const GATEWAY_ERRORS = [MalformedRequest, RequestTimedOut, HeadersTooLarge, ServiceUnavailable, Internal];

export const Health = defineAction("gateway.health", {
	summary: "The state of every service; 503 when one is unhealthy.",
	params: Nothing,
	result: z.object({ status: HealthState, services: z.record(z.string(), HealthState), timestamp: Timestamp }),
});

export const Live = defineAction("gateway.live", {
	summary: "The process answers.",
	params: Nothing,
	result: z.object({ status: HealthState, timestamp: Timestamp }),
});

export const Ready = defineAction("gateway.ready", {
	summary: "Requests may be sent: every service is reachable and has its database; 503 otherwise and while draining.",
	params: Nothing,
	result: z.object({ status: HealthState, timestamp: Timestamp }),
});

export const ListServices = defineAction("gateway.services", {
	summary:
		"The services of the registry; admins, and API keys with the scope services:read, also see nodes and actions.",
	params: Nothing,
	result: z.object({
		services: z.array(
			z.object({
				name: z.string(),
				url: z.string(),
				status: z.string(),
				version: z.string(),
				nodes: z.array(z.string()).optional(),
				actions: z.array(z.string()).optional(),
			}),
		),
	}),
});

/** Every service answers `<service>.ping`: is its database reachable? */
export const ping = (service: string) =>
	defineAction(`${service}.ping`, {
		summary: "Whether the service can reach its database.",
		params: Nothing,
		result: z.object({ status: HealthState }),
	});

export const PLATFORM_ACTIONS = [Health, Live, Ready, ListServices];
