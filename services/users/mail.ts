import type { Cause } from "../../mixins/events/outbox.ts";
import { outboxRows } from "../../mixins/events/outbox.ts";
import type { LinkPurpose } from "../contracts/credentials.ts";
import { EmailNotifications } from "../contracts/notifications.ts";
import { expiryOf } from "./domain/link.ts";
import type { NewMail } from "./storage/links.ts";
import type { Users } from "./users.context.ts";

/** A mail with a link for the user: its template is named like the purpose of the link. */
export function linkTo(users: Users, cause: Cause, userId: string, purpose: LinkPurpose): NewMail {
	const askedAt = users.now();
	const link = { purpose, tokenId: users.newId(), askedAt, expiresAt: expiryOf(purpose, askedAt) };
	return { link, outbox: wanted(users, cause, { userId, template: purpose, variables: { tokenId: link.tokenId } }) };
}

/** A mail that tells the user something. */
export const noticeTo = (users: Users, cause: Cause, userId: string, template: string): NewMail => ({
	outbox: wanted(users, cause, { userId, template, variables: {} }),
});

/** The same, for an address that is the user's no more. */
export const noticeAt = (users: Users, cause: Cause, at: { userId: string; to: string }, template: string): string =>
	wanted(users, cause, { ...at, template, variables: {} });

interface Wanted {
	readonly userId?: string;
	readonly to?: string;
	readonly template: string;
	readonly variables: Readonly<Record<string, string>>;
}

/** The fact by which a mail is asked for; its secret is not in it. */
function wanted(users: Users, cause: Cause, mail: Wanted): string {
	const timestamp = users.now().toISOString();
	const fact = EmailNotifications.of({ mailId: users.newId(), ...mail, timestamp });
	return outboxRows([fact], cause, () => users.newId());
}
