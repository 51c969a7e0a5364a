import { FAILPOINTS } from "./mutations/failpoints.ts";
import type { Planned } from "./faults.ts";

/** A control's load lasts so long. */
export const CONTROL_MS = 30_000;

/** What each safeguard is there for, a few times over, so that its absence shows at once. */
const SCHEDULES: Readonly<Record<string, readonly Planned[]>> = {
	"unconfirmed-publishing": [6_000, 18_000].map((atMs) => ({ atMs, fault: { kind: "broker-kill", downMs: 1_500 } })),
	// Orders adds refunds up: there a second effect shows, but for a refund in full, as two of five are. Notifications
	// refuse one by a key of their own.
	"inbox-off": [3_000, 7_000, 11_000, 15_000, 19_000, 23_000].map((atMs) => ({
		atMs,
		fault: { kind: "failpoint", point: "after effect, before ack", victim: "orders" },
	})),
	"random-provider-key": [4_000, 10_000, 16_000].map((atMs) => ({
		atMs,
		fault: { kind: "failpoint", point: "after the provider, before the record" },
	})),
	"fence-removed": [0, 1].map((index) => ({
		atMs: 5_000 + index * 11_000,
		fault: { kind: "stall", victim: "orders", index, forMs: 8_000 },
	})),
	"compensation-skipped": [],
};

export interface ControlPlan {
	readonly schedule: readonly Planned[];
	/** The control itself, and the failpoints its schedule needs. */
	readonly mutations: readonly string[];
}

export function planOf(control: string): ControlPlan {
	return { schedule: SCHEDULES[control] ?? [], mutations: [...FAILPOINTS.map(({ name }) => name), control] };
}
