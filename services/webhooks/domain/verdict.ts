import type { DELIVERY_STATUSES } from "../../contracts/webhooks.ts";
import type { DisabledReason } from "./endpoint.ts";
import { waitMs } from "./schedule.ts";
import type { Chance } from "./schedule.ts";

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** How an attempt went: an answer, or none and why. */
export type Outcome =
	{ readonly statusCode: number; readonly askedMs: number } | { readonly statusCode: null; readonly error: string };

/** What the attempts before this one have led to. */
export interface Standing {
	/** This one included. */
	readonly tries: number;
	readonly failingSince: Date | null;
}

export interface Terms extends Chance {
	readonly now: Date;
	/** An endpoint that does nothing but fail for so long is disabled. */
	readonly disableAfterMs: number;
}

/** What an attempt makes of its delivery, and of the endpoint. */
export interface Verdict {
	readonly status: DeliveryStatus;
	/** Until the next try; null when there is none. */
	readonly retryAfterMs: number | null;
	readonly isWell: boolean;
	readonly disables: DisabledReason | null;
}

const GONE = 410;

/** 2xx is delivered. 410 takes the receiver at its word: it wants nothing more. All else is tried for three days. */
export function judge(outcome: Outcome, { tries, failingSince }: Standing, terms: Terms): Verdict {
	const { statusCode } = outcome;
	if (statusCode !== null && statusCode >= 200 && statusCode < 300)
		return { status: "delivered", retryAfterMs: null, isWell: true, disables: null };
	if (statusCode === GONE) return { status: "failed", retryAfterMs: null, isWell: false, disables: "gone" };

	const retryAfterMs = waitMs(tries, outcome.statusCode === null ? 0 : outcome.askedMs, terms) ?? null;
	const failingMs = failingSince === null ? 0 : terms.now.getTime() - failingSince.getTime();
	const disables = failingMs >= terms.disableAfterMs ? "failing" : null;
	return { status: retryAfterMs === null ? "failed" : "pending", retryAfterMs, isWell: false, disables };
}
