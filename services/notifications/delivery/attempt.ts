import { z } from "zod";
import { UserNotFound } from "../../contracts/users.ts";
import { settle } from "../domain/attempt.ts";
import type { Attempt, Settlement, Taken } from "../domain/attempt.ts";
import { isPoisonous } from "../domain/backoff.ts";
import type { Notifications } from "../notifications.context.ts";
import { VariableMissing } from "../templates/engine.ts";
import { compose } from "./compose.ts";
import { Halt } from "./halt.ts";

/** Tries to send one notification; whatever goes wrong is an answer, and concerns this one only. */
export async function attempt(service: Notifications, notification: Taken): Promise<Settlement> {
	const outcome = await outcomeOf(service, notification).catch(failureOf);
	const settlement = settle(notification, outcome, service.now(), Math.random());
	const { status, reason, detail } = settlement;
	if (detail !== null) service.logger.warn(`Notification ${notification.id} is ${status}: ${reason ?? ""} ${detail}`);
	return settlement;
}

async function outcomeOf(service: Notifications, taken: Taken): Promise<Attempt> {
	if (isPoisonous(taken.attempts - taken.postponed)) return POISONOUS;
	const { letter, recipientHash, ...said } = await compose(service, taken);
	const posted = await service.channels[taken.channel].post(letter, () => service.now());
	switch (posted.outcome) {
		case "sent":
			return { ...posted, ...said, recipientHash };
		case "postponed":
			return posted;
		case "bounced":
			return { ...posted, recipientHash, detail: withoutAddress(posted.detail, letter.to) };
		case "refused":
		case "deferred":
			return { ...posted, detail: withoutAddress(posted.detail, letter.to) };
	}
}

const POISONOUS: Attempt = {
	outcome: "refused",
	reason: "RETRIES_EXHAUSTED",
	detail: "Each try ended before its outcome could be written down.",
};

/** Servers quote whom they refuse; a log keeps no address. */
const withoutAddress = (detail: string, address: string): string =>
	(address === "" ? detail : detail.replaceAll(new RegExp(escaped(address), "gi"), "<recipient>")).replaceAll("\0", "");

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** What users or the database did not answer may be asked again; what a template lacks it will lack tomorrow. */
function failureOf(error: unknown): Attempt {
	if (error instanceof Halt) return error.attempt;
	const detail = (error as Error).message.replaceAll("\0", "").slice(0, 500);
	if ((error as { type?: unknown }).type === UserNotFound.type) return refused(UserNotFound.type, detail);
	if (error instanceof VariableMissing) return refused("VARIABLE_MISSING", detail);
	if (error instanceof z.ZodError) return refused("VARIABLES_INVALID", z.prettifyError(error).slice(0, 500));
	return { outcome: "deferred", reason: "RETRIES_EXHAUSTED", detail };
}

const refused = (reason: string, detail: string): Attempt => ({ outcome: "refused", reason, detail });
