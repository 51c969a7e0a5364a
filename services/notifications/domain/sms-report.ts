import { DELIVERED } from "./delivery-report.ts";
import type { Fate } from "./delivery-report.ts";

/** What Twilio tells of a message (https://www.twilio.com/docs/messaging/api/message-resource#message-status-values). */
export interface SmsReport {
	readonly messageStatus: string;
	/** Why it was not delivered (https://www.twilio.com/docs/api/errors), where Twilio knows. */
	readonly errorCode: number | undefined;
}

/**
 * The number's fault for good: not one, none that takes SMS, its owner has answered STOP (21610), unknown to the
 * networks (30005), a landline (30006).
 */
const DEAD_NUMBER: ReadonlySet<number> = new Set([21211, 21217, 21610, 21612, 21614, 30005, 30006]);

/** Switched off or out of reach: the SMS is lost, and the next one may arrive. */
const UNREACHABLE_HANDSET = 30003;

export const isDeadNumber = (errorCode: number): boolean => DEAD_NUMBER.has(errorCode);

/** Undefined of a step on the way. */
export function smsFate(report: SmsReport): Fate | undefined {
	switch (report.messageStatus) {
		case "delivered":
			return DELIVERED;
		case "undelivered":
		case "failed":
			return lost(report);
		default:
			return undefined;
	}
}

function lost({ messageStatus, errorCode }: SmsReport): Fate {
	const isSuppressing = errorCode !== undefined && isDeadNumber(errorCode);
	return {
		status: isSuppressing || errorCode === UNREACHABLE_HANDSET ? "bounced" : "failed",
		reason: `TWILIO_${errorCode ?? messageStatus.toUpperCase()}`,
		detail: `Twilio took it, and told later that it is ${messageStatus}.`,
		isSuppressing,
	};
}
