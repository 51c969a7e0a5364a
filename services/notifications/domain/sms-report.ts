import type { Event } from "../../contracts/event.ts";
import { NotificationFailed } from "../../contracts/notifications.ts";
import type { NotificationStatus } from "../../contracts/notifications.ts";
import { factOf } from "./attempt.ts";
import type { Told } from "./attempt.ts";

/** What Twilio tells of a message (https://www.twilio.com/docs/messaging/api/message-resource#message-status-values). */
export interface SmsReport {
	readonly messageStatus: string;
	/** Why it was not delivered (https://www.twilio.com/docs/api/errors), where Twilio knows. */
	readonly errorCode: number | undefined;
}

/** A notification that was handed over. */
export interface Reported extends Told {
	readonly status: NotificationStatus;
}

/** What a report makes of its notification. */
export interface Learned {
	readonly status: "delivered" | "bounced" | "failed";
	readonly reason: string | null;
	readonly detail: string | null;
	/** Whether the number gets no SMS any more. */
	readonly isSuppressing: boolean;
	readonly events: readonly Event[];
}

/**
 * The number's fault for good: not one, none that takes SMS, its owner has answered STOP (21610), unknown to the
 * networks (30005), a landline (30006).
 */
const DEAD_NUMBER: ReadonlySet<number> = new Set([21211, 21217, 21610, 21612, 21614, 30005, 30006]);

/** Switched off or out of reach: the SMS is lost, and the next one may arrive. */
const UNREACHABLE_HANDSET = 30003;

export const isDeadNumber = (errorCode: number): boolean => DEAD_NUMBER.has(errorCode);

/** Undefined when the report changes nothing: it is of a step on the way, or of what is settled already. */
export function learn(notification: Reported, report: SmsReport, now: Date): Learned | undefined {
	if (notification.status !== "sent") return undefined;
	switch (report.messageStatus) {
		case "delivered":
			return { status: "delivered", reason: null, detail: null, isSuppressing: false, events: [] };
		case "undelivered":
		case "failed":
			return lost(notification, report, now);
		default:
			return undefined;
	}
}

function lost(notification: Reported, { messageStatus, errorCode }: SmsReport, now: Date): Learned {
	const isSuppressing = errorCode !== undefined && isDeadNumber(errorCode);
	const reason = `TWILIO_${errorCode ?? messageStatus.toUpperCase()}`;
	return {
		status: isSuppressing || errorCode === UNREACHABLE_HANDSET ? "bounced" : "failed",
		reason,
		detail: `Twilio took it, and told later that it is ${messageStatus}.`,
		isSuppressing,
		events: [NotificationFailed.of({ ...factOf(notification, now), reason })],
	};
}
