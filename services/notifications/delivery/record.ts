import { metricsOf } from "../../../mixins/metrics/registry.ts";
import { ServiceBusy } from "../../contracts/errors.ts";
import type { Settlement } from "../domain/attempt.ts";
import type { Notifications } from "../notifications.context.ts";
import { saveSettlements } from "../storage/queue.ts";

/**
 * Writes down what became of notifications, in one statement. One that the database will not have is left to its
 * lease, and keeps no other from being written down.
 *
 * @throws ServiceBusy when the database is out of reach, so that they are offered again
 */
export async function record(service: Notifications, settlements: readonly Settlement[]): Promise<void> {
	try {
		await saveSettlements(service.db, settlements, () => service.newId());
	} catch (error) {
		if (isBusy(error)) throw error;
		for (const settlement of settlements) await recordAlone(service, settlement);
	}
	count(service, settlements);
	service.wakeRelay();
}

const isBusy = (error: unknown): boolean => (error as { type?: unknown }).type === ServiceBusy.type;

async function recordAlone(service: Notifications, settlement: Settlement): Promise<void> {
	try {
		await saveSettlements(service.db, [settlement], () => service.newId());
	} catch (error) {
		if (isBusy(error)) throw error;
		service.logger.error(`The outcome of notification ${settlement.notification.id} cannot be written down:`, error);
	}
}

function count({ broker }: Notifications, settlements: readonly Settlement[]): void {
	const counter = metricsOf(broker)?.counter("stoa_notifications_total", "Attempts to send, by what came of them.", [
		"channel",
		"status",
	]);
	// What must not be sent yet waits in the same queue as what was tried in vain, and is no failure.
	for (const { notification, status, isPostponed } of settlements) {
		counter?.of(notification.channel, isPostponed ? "postponed" : status).inc();
	}
}
