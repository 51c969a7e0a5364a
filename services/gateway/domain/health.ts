import type { HealthState } from "../../contracts/platform.ts";

/** A service that answers later than this is degraded. */
export const SLOW_MS = 500;
/** A service that has not answered by then is unhealthy. */
export const PING_TIMEOUT_MS = 1_000;

/** The state of a service that answered a ping. */
export function stateOf(answered: HealthState, durationMs: number): HealthState {
	return answered === "healthy" && durationMs > SLOW_MS ? "degraded" : answered;
}

/** All together are as well as the worst of them. */
export function worstOf(states: readonly HealthState[]): HealthState {
	if (states.includes("unhealthy")) return "unhealthy";
	return states.includes("degraded") ? "degraded" : "healthy";
}
