import { z } from "zod";
import { defineAction } from "./action.ts";
import { Nothing, Timestamp } from "./text.ts";

export const HEALTH = ["healthy", "degraded", "unhealthy"] as const;
const HealthState = z.enum(HEALTH);
export type HealthState = z.output<typeof HealthState>;

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
	summary: "The services of the registry; admins also see nodes and actions.",
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
