import type { HealthState } from "../../services/contracts/platform.ts";

/** So many intervals without a canary, and facts are late; so many, and they are stuck. */
const LATE_AFTER = 2;
const STUCK_AFTER = 6;

/** @param sinceMs how long ago the youngest canary that came back was sent */
export function healthAfter(sinceMs: number, everyMs: number): HealthState {
	if (sinceMs <= LATE_AFTER * everyMs) return "healthy";
	return sinceMs <= STUCK_AFTER * everyMs ? "degraded" : "unhealthy";
}
