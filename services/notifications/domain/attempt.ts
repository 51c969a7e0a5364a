import type { Event } from "../../contracts/event.ts";
import { NotificationFailed, NotificationSent } from "../../contracts/notifications.ts";
import type { Channel, NotificationStatus } from "../../contracts/notifications.ts";
import { retryAfterMs } from "./backoff.ts";

/** A notification that was taken to be sent. */
export interface Taken {
	readonly id: string;
	readonly userId: string | null;
	/** The address or number that was named directly. */
	readonly recipient: string | null;
	readonly template: string;
	readonly channel: Channel;
	readonly variables: Readonly<Record<string, unknown>>;
	/** To show a template: everything it says is in the variables, and nobody is asked. */
	readonly isTest: boolean;
	/** The language of a notification to nobody's profile. */
	readonly locale: string | null;
	/** How often it was taken, from 1; with the id, the fence of who took it. */
	readonly attempts: number;
	/** How many of these were no tries: it was taken at a time when it must not be sent. */
	readonly postponed: number;
	readonly correlationId: string | null;
	readonly causationId: string;
}

/** What was sent, as far as the log keeps it. */
export interface Sent {
	readonly provider: string;
	/** By which the provider knows it. */
	readonly reference: string | null;
	readonly locale: string;
	readonly templateVersion: number;
	/** Of the address it went to, for what is told of it later; null for push. */
	readonly recipientHash: string | null;
}

/** How an attempt went. `reason` is a code that may be published, `detail` is for operators. */
export type Attempt =
	| ({ readonly outcome: "sent" } & Sent)
	/** The recipient's fault, and for good. */
	| {
			readonly outcome: "bounced";
			readonly reason: string;
			readonly detail: string;
			readonly recipientHash: string | null;
	  }
	| { readonly outcome: "refused" | "deferred"; readonly reason: string; readonly detail: string }
	/** Nobody is to get it. */
	| { readonly outcome: "suppressed"; readonly reason: string }
	| { readonly outcome: "postponed"; readonly until: Date };

/** What an attempt makes of its notification. */
export interface Settlement {
	readonly notification: Taken;
	readonly status: NotificationStatus;
	readonly reason: string | null;
	readonly retryAfterMs: number;
	readonly isPostponed: boolean;
	readonly detail: string | null;
	readonly sent: Sent | null;
	/** Whoever it is to gets nothing over this channel any more. */
	readonly suppresses: string | null;
	readonly events: readonly Event[];
}

const NOTHING = { reason: null, retryAfterMs: 0, isPostponed: false, detail: null, sent: null, suppresses: null };

/**
 * A refusal is final; what was only deferred is tried five times.
 *
 * @param chance from 0 to 1, for the length of the wait
 */
export function settle(notification: Taken, attempt: Attempt, now: Date, chance: number): Settlement {
	const base = { ...NOTHING, notification, events: [] };
	switch (attempt.outcome) {
		case "sent":
			return { ...base, status: "sent", sent: attempt, events: [NotificationSent.of(factOf(notification, now))] };
		case "suppressed":
			return { ...base, status: "suppressed", reason: attempt.reason };
		case "postponed":
			return { ...base, status: "queued", isPostponed: true, retryAfterMs: attempt.until.getTime() - now.getTime() };
		case "bounced":
			return { ...givenUp(notification, attempt, "bounced", now), suppresses: attempt.recipientHash };
		case "refused":
			return givenUp(notification, attempt, "failed", now);
		case "deferred":
			return deferred(notification, attempt, now, chance);
	}
}

interface Fault {
	readonly reason: string;
	readonly detail: string;
}

function deferred(notification: Taken, fault: Fault, now: Date, chance: number): Settlement {
	const waitMs = retryAfterMs(notification.attempts - notification.postponed, chance);
	if (waitMs === undefined) return givenUp(notification, fault, "failed", now);
	return { ...NOTHING, notification, status: "queued", retryAfterMs: waitMs, detail: fault.detail, events: [] };
}

function givenUp(notification: Taken, fault: Fault, status: "bounced" | "failed", now: Date): Settlement {
	const { reason, detail } = fault;
	const events = [NotificationFailed.of({ ...factOf(notification, now), reason })];
	return { ...NOTHING, notification, status, reason, detail, events };
}

/** As much of a notification as facts of it say. */
export type Told = Pick<Taken, "id" | "userId" | "channel" | "template">;

export const factOf = ({ id, userId, channel, template }: Told, now: Date) => ({
	notificationId: id,
	userId,
	channel,
	template,
	timestamp: now.toISOString(),
});
