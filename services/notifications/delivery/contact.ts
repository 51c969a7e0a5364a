import { call } from "../../contracts/action.ts";
import { GetContact, UserNotFound } from "../../contracts/users.ts";
import { LAST_LOCALE } from "../domain/locale.ts";
import { e164 } from "../domain/phone.ts";
import type { Taken } from "../domain/attempt.ts";
import type { Notifications } from "../notifications.context.ts";
import { Halt } from "./halt.ts";

/** Whom a notification goes to. */
export interface Contact {
	/** Mail address or international number; empty for push, which goes to browsers. */
	readonly address: string;
	readonly firstName: string | null;
	readonly locale: string;
	readonly timezone: string;
	readonly isActive: boolean;
}

export const ASK_TIMEOUT_MS = 5_000;

/**
 * Asks users where to reach somebody: no address of a user rests here, but for one that he had before and that is told
 * so. @throws Halt when he has none
 */
export async function contactOf(service: Notifications, taken: Taken): Promise<Contact> {
	const { userId, recipient, channel, locale } = taken;
	if (userId === null) {
		const nobody = { firstName: null, timezone: "UTC", isActive: true };
		return { ...nobody, address: recipient ?? "", locale: locale ?? LAST_LOCALE };
	}
	const user = await call(service.broker, GetContact, { id: userId }, { timeout: ASK_TIMEOUT_MS });
	const { firstName, timezone, isActive } = user;
	const to = { firstName, timezone, isActive, locale: user.locale };
	if (channel === "push") return { ...to, address: "" };
	const current = channel === "email" ? user.email : user.phone && e164(user.phone);
	const address = recipient ?? current;
	if (!address) throw new Halt({ outcome: "suppressed", reason: channel === "email" ? "NO_EMAIL" : "NO_PHONE" });
	return { ...to, address };
}

/** By what a user may have been written to without his name. */
export interface Addresses {
	readonly email: string | null;
	/** International. */
	readonly phone: string | null;
}

/** None when users do not know him any more. */
export async function addressesOf({ broker }: Notifications, userId: string): Promise<Addresses> {
	const { email, phone } = await call(broker, GetContact, { id: userId }, { timeout: ASK_TIMEOUT_MS }).catch(nobody);
	return { email, phone: phone === null ? null : (e164(phone) ?? null) };
}

function nobody(error: unknown): Addresses {
	if ((error as { type?: unknown }).type === UserNotFound.type) return { email: null, phone: null };
	throw error;
}
