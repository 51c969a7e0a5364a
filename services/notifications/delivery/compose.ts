import type { Taken } from "../domain/attempt.ts";
import { bestOf, localesFor } from "../domain/locale.ts";
import { NO_PREFERENCES } from "../domain/preferences.ts";
import { hindrance } from "../domain/wish.ts";
import type { Notifications } from "../notifications.context.ts";
import type { Letter } from "../providers/provider.ts";
import { brief } from "../storage/briefing.ts";
import type { Briefing } from "../storage/briefing.ts";
import { BUILT_INS, firstVersions } from "../templates/built-ins.ts";
import { write } from "../templates/engine.ts";
import type { Variables, Version } from "../templates/template.ts";
import { answersFor } from "./answers.ts";
import { contactOf } from "./contact.ts";
import type { Contact } from "./contact.ts";
import { Halt } from "./halt.ts";
import { recipientHash } from "./recipient-hash.ts";

/** A letter and what the log keeps of it. */
export interface Composed {
	readonly letter: Letter;
	readonly recipientHash: string | null;
	readonly locale: string;
	readonly templateVersion: number;
}

/** Writes a notification, unless nobody is to get it, or not now. @throws Halt, VariableMissing */
export async function compose(service: Notifications, taken: Taken): Promise<Composed> {
	const { userId, channel, template } = taken;
	const contact = await contactOf(service, taken);
	const hashed = contact.address === "" ? null : recipientHash(channel, contact.address);
	const locales = localesFor(contact.locale);
	const known = await brief(service.db, { userId, channel, recipientHash: hashed, template, locales });
	const version = versionFor(taken, contact, known);
	if (!taken.isTest) await expectWanted(service, taken, contact, known);

	const variables = { firstName: contact.firstName, ...(await variablesOf(service, taken)) };
	const written = write(version, variables);
	const { locale, version: templateVersion } = version;
	const subject = taken.isTest ? `[Test] ${written.subject}` : written.subject;
	const addressed = { to: contact.address, subscribers: known.subscribers, at: service.now() };
	return {
		letter: { ...written, ...addressed, subject, id: taken.id, template },
		recipientHash: hashed,
		locale,
		templateVersion,
	};
}

function versionFor({ template }: Taken, { locale }: Contact, { versions }: Briefing): Version {
	const version = bestOf(locale, [...versions, ...firstVersions(template)]);
	if (version !== undefined) return version;
	throw new Halt({ outcome: "refused", reason: "TEMPLATE_NOT_FOUND", detail: `There is no template ${template}.` });
}

async function expectWanted(service: Notifications, taken: Taken, contact: Contact, known: Briefing): Promise<void> {
	const { channel, template } = taken;
	const { isActive, timezone } = contact;
	const { isSuppressed } = known;
	const topic = BUILT_INS.get(template)?.topic ?? known.topic ?? "news";
	const preferences = known.preferences ?? NO_PREFERENCES;
	const found = hindrance({ topic, channel, preferences, isActive, isSuppressed, timezone }, service.now());
	if (found !== undefined) throw new Halt(found);
	if (channel === "push" && known.subscribers.length === 0) {
		throw new Halt({ outcome: "suppressed", reason: "NO_PUSH_SUBSCRIPTION" });
	}
}

/** A test has them all already. */
async function variablesOf(service: Notifications, taken: Taken): Promise<Variables> {
	const builtIn = BUILT_INS.get(taken.template);
	if (taken.isTest || builtIn === undefined) return taken.variables;
	return { ...builtIn.present(taken.variables), ...(await answersFor(service, builtIn.asks, taken)) };
}
