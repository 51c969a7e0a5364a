import type { Topic } from "../../contracts/notification-templates.ts";
import type { Channel } from "../../contracts/notifications.ts";
import type { Attempt } from "./attempt.ts";
import { isTransactional, isWanted } from "./preferences.ts";
import type { Preferences } from "./preferences.ts";
import { quietUntil } from "./quiet-hours.ts";

/** What decides whether somebody is to get a notification, and when. */
export interface Circumstances {
	readonly topic: Topic;
	readonly channel: Channel;
	readonly preferences: Preferences;
	/** False for an account that was closed, or that its owner has not opened yet. */
	readonly isActive: boolean;
	/** A provider has said for good that this recipient cannot be reached. */
	readonly isSuppressed: boolean;
	/** Of the profile. */
	readonly timezone: string;
}

/** Why something is not sent now; undefined when it is. */
export function hindrance(
	of: Circumstances,
	now: Date,
): Extract<Attempt, { outcome: "suppressed" | "postponed" }> | undefined {
	if (of.isSuppressed) return { outcome: "suppressed", reason: "RECIPIENT_SUPPRESSED" };
	if (!isWanted(of.preferences, of.topic, of.channel)) return { outcome: "suppressed", reason: "NOT_WANTED" };
	if (isTransactional(of.topic)) return undefined;
	if (!of.isActive) return { outcome: "suppressed", reason: "ACCOUNT_CLOSED" };

	const { quietHours, timezone } = of.preferences;
	const until = quietHours && quietUntil(now, quietHours, timezone ?? of.timezone);
	return until ? { outcome: "postponed", until } : undefined;
}
