import type { ServiceBroker } from "moleculer";
import { call } from "../contracts/action.ts";
import type { ResultOf } from "../contracts/action.ts";
import { ping, SERVICES } from "../contracts/platform.ts";
import type { Health, HealthState } from "../contracts/platform.ts";
import { PING_TIMEOUT_MS, stateOf, worstOf } from "./domain/health.ts";
import { within } from "./within.ts";

/** Probes of many balancers are one question a second to each service. */
const REMEMBERED_MS = 1_000;

type Report = ResultOf<typeof Health>;

/** Asks every service whether it can reach its database. */
export type HealthCheck = () => Promise<Report>;

/** @param now the wall clock */
export function healthCheck(broker: ServiceBroker, now: () => Date): HealthCheck {
	let askedAtMs = -Infinity;
	let report: Promise<Report>;

	return () => {
		if (performance.now() - askedAtMs < REMEMBERED_MS) return report;
		askedAtMs = performance.now();
		report = askAll(broker, now());
		return report;
	};
}

async function askAll(broker: ServiceBroker, askedAt: Date): Promise<Report> {
	const states = await Promise.all(Object.keys(SERVICES).map((service) => ask(broker, service)));
	const services = Object.fromEntries(
		Object.values(SERVICES).map((name, index) => [name, states[index] ?? "unhealthy"]),
	);
	return { status: worstOf(states), services, timestamp: askedAt.toISOString() };
}

async function ask(broker: ServiceBroker, service: string): Promise<HealthState> {
	const question = ping(service);
	if (!isThere(broker, question.name)) return "unhealthy";
	const startedMs = performance.now();
	try {
		const { status } = await within(PING_TIMEOUT_MS, call(broker, question, {}));
		return stateOf(status, performance.now() - startedMs);
	} catch {
		return "unhealthy";
	}
}

interface Listed {
	readonly endpoints: readonly { readonly isAvailable: boolean }[];
}

/** A service that has not come yet is no fault of anybody; a call to it would be written down as one. */
function isThere({ registry }: ServiceBroker, action: string): boolean {
	const listed = registry.getActionEndpoints(action) as unknown as Listed | undefined;
	return listed?.endpoints.some(({ isAvailable }) => isAvailable) ?? false;
}
