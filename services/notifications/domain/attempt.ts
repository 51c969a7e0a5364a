import type { Event } from "../../contracts/event.ts";
import { NotificationFailed, NotificationSent } from "../../contracts/notifications.ts";
import type { CHANNELS } from "../../contracts/notifications.ts";

/** A notification that was taken to be sent. */
export interface Taken {
	readonly id: string;
	readonly userId: string;
	readonly template: string;
	readonly channel: (typeof CHANNELS)[number];
	readonly variables: unknown;
	/** This attempt's number, from 1; with the id, the fence of who took it. */
	readonly attempts: number;
	readonly correlationId: string | null;
	readonly causationId: string;
}

/** How an attempt went. `reason` is a code that may be published, `detail` is for operators. */
export type Attempt =
	| { readonly outcome: "sent" }
	| { readonly outcome: "refused" | "deferred"; readonly reason: string; readonly detail: string };

/** What an attempt makes of its notification. */
export interface Settlement {
	readonly notification: Taken;
	readonly status: "sent" | "failed" | "queued";
	readonly retryAfterMs: number;
	readonly detail: string | null;
	readonly events: readonly Event[];
}

/** Waits before the tries after the first; whoever fails them all is given up. */
export const RETRY_AFTER_MS: readonly number[] = [10_000, 60_000, 600_000, 3_600_000];

/** A refusal is final; what was only deferred is tried five times. */
export function settle(notification: Taken, attempt: Attempt, now: Date): Settlement {
	if (attempt.outcome === "sent") {
		const events = [NotificationSent.of(factOf(notification, now))];
		return { notification, status: "sent", retryAfterMs: 0, detail: null, events };
	}

	const { outcome, reason, detail } = attempt;
	const retryAfterMs = outcome === "deferred" ? RETRY_AFTER_MS[notification.attempts - 1] : undefined;
	if (retryAfterMs !== undefined) return { notification, status: "queued", retryAfterMs, detail, events: [] };

	const events = [NotificationFailed.of({ ...factOf(notification, now), reason })];
	return { notification, status: "failed", retryAfterMs: 0, detail, events };
}

const factOf = ({ id, userId, channel, template }: Taken, now: Date) => ({
	notificationId: id,
	userId,
	channel,
	template,
	timestamp: now.toISOString(),
});
