import type { Event } from "../../contracts/event.ts";
import { NotificationFailed, NotificationSent } from "../../contracts/notifications.ts";
import type { NotificationStatus } from "../../contracts/notifications.ts";
import { factOf } from "./attempt.ts";
import type { Told } from "./attempt.ts";

/** What became of a notification after a provider took it. */
export type Fate =
	| { readonly status: "delivered"; readonly reason: null; readonly detail: null; readonly isSuppressing: false }
	| {
			readonly status: "bounced" | "failed";
			/** May be published. */
			readonly reason: string;
			readonly detail: string;
			/** Whether the address gets nothing over this channel any more. */
			readonly isSuppressing: boolean;
	  };

export const DELIVERED: Fate = { status: "delivered", reason: null, detail: null, isSuppressing: false };

/** A notification that a provider was asked to take. */
export interface Reported extends Told {
	readonly status: NotificationStatus;
}

/** What a report makes of its notification. */
export interface Learned {
	readonly fate: Fate;
	readonly events: readonly Event[];
}

/**
 * Undefined when it is settled already: a report takes nothing back. One that is still queued was taken all the same,
 * and whoever sent it has died or not written it down yet; he finds it settled, and it is not sent again.
 */
export function learn(notification: Reported, fate: Fate, now: Date): Learned | undefined {
	const { status } = notification;
	if (status !== "sent" && status !== "queued") return undefined;
	const fact = factOf(notification, now);
	const sent = status === "queued" ? [NotificationSent.of(fact)] : [];
	const lost = fate.reason === null ? [] : [NotificationFailed.of({ ...fact, reason: fate.reason })];
	return { fate, events: [...sent, ...lost] };
}
