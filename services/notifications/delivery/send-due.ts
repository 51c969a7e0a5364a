import { call } from "../../contracts/action.ts";
import { GetContact, UserNotFound } from "../../contracts/users.ts";
import { settle } from "../domain/attempt.ts";
import type { Attempt, Settlement, Taken } from "../domain/attempt.ts";
import type { Notifications } from "../notifications.context.ts";
import { SENT_AT_ONCE } from "./mail-transport.ts";
import { saveSettlements, takeDue } from "../storage/notification-logs.ts";
import { templateOf } from "../templates/templates.ts";

const CONTACT_TIMEOUT_MS = 5_000;

/**
 * Sends one batch of what is due. A process that dies between sending and recording sends the mail again
 * when its time is up, with the same Message-ID.
 *
 * @returns how many notifications were taken
 */
export async function sendDue(service: Notifications): Promise<number> {
	const taken = await takeDue(service.db, SENT_AT_ONCE);
	if (taken.length === 0) return 0;

	const settlements = await Promise.all(taken.map((notification) => attempt(service, notification)));
	await saveSettlements(service.db, settlements, () => service.newId());
	service.wakeRelay();
	return taken.length;
}

async function attempt(service: Notifications, notification: Taken): Promise<Settlement> {
	try {
		await send(service, notification);
		return settle(notification, { outcome: "sent" }, service.now());
	} catch (error) {
		const settlement = settle(notification, failureOf(error), service.now());
		service.logger.warn(`Notification ${notification.id} was not sent and is ${settlement.status}:`, settlement.detail);
		return settlement;
	}
}

async function send(service: Notifications, { id, userId, template, variables }: Taken): Promise<void> {
	const contact = await call(service.broker, GetContact, { id: userId }, { timeout: CONTACT_TIMEOUT_MS });
	const written = templateOf(template).write(variables, contact);
	await service.mail.send({ ...written, id, template, to: contact.email, at: service.now() });
}

/** A refusal of the login is the shop's own mistake and no fault of the mail, so it may be mended meanwhile. */
function failureOf(error: unknown): Attempt {
	const fault = error as Error & { type?: string; code?: unknown; permanent?: boolean; responseCode?: number };
	const detail = fault.message.slice(0, 500);
	if (fault.type === UserNotFound.type) return { outcome: "refused", reason: UserNotFound.type, detail };
	if (fault.permanent === true && fault.code !== "EAUTH") {
		return { outcome: "refused", reason: `SMTP_${fault.responseCode ?? "REFUSED"}`, detail };
	}
	return { outcome: "deferred", reason: "RETRIES_EXHAUSTED", detail };
}
