import { learn } from "../domain/delivery-report.ts";
import type { Fate } from "../domain/delivery-report.ts";
import type { Notifications } from "../notifications.context.ts";
import { saveLearned } from "../storage/delivery-reports.ts";
import type { FoundNotification } from "../storage/delivery-reports.ts";

export interface Report {
	/** Reads the notification that it is of. */
	readonly find: () => Promise<FoundNotification | undefined>;
	/** Undefined when it tells of a step on the way. */
	readonly fate: Fate | undefined;
	/** The request that brought it. */
	readonly causeId: string;
}

/** Writes down what a report tells; nothing when its notification is not known, or settled. */
export async function follow(service: Notifications, report: Report): Promise<void> {
	const { find, fate, causeId } = report;
	const notification = fate && (await find());
	const learned = notification && learn(notification, fate, service.now());
	if (notification === undefined || learned === undefined) return;

	const isSaved = await saveLearned(service.db, notification, learned, { causeId, newId: () => service.newId() });
	// Its sending was written down between the two, or another report: what is true now is read again.
	if (!isSaved) return follow(service, report);
	if (learned.events.length > 0) service.wakeRelay();
}
