import type { Cause } from "../../../mixins/events/outbox.ts";
import { consumer } from "../../../mixins/inbox.mixin.ts";
import type { Received } from "../../../mixins/inbox.mixin.ts";
import type { Queryable } from "../../../mixins/sql/database.ts";
import { UserRegistration } from "../../contracts/registrations.ts";
import { invite } from "../domain/account.ts";
import { usernameFor } from "../domain/username.ts";
import { linkTo, noticeTo } from "../mail.ts";
import { sendMail } from "../storage/links.ts";
import { findKnown, settleRegistration, takeRegistration } from "../storage/registrations.ts";
import type { KnownAccount } from "../storage/registrations.ts";
import type { Users } from "../users.context.ts";

type Registration = Received<typeof UserRegistration>;

/** Whose address others register more often than this an hour hears no more of it. */
const NOTICES_AN_HOUR = 3;

/**
 * Makes an account that waits for its owner to choose a password, and invites him. Who has an account already is told
 * so by mail: over the API it looks the same.
 */
export const inviteRegistered = consumer<Users, typeof UserRegistration>(
	"users.inviteRegistered",
	UserRegistration,
	async function (message, tx) {
		const now = this.now();
		const registrationId = message.data.registrationId ?? message.id;
		if (!(await takeRegistration(tx, registrationId, now))) return;

		const known = await findKnown(tx, message.data.email, now);
		const userId = known?.id ?? (await inviteNew(this, message, tx));
		if (known !== undefined) await meet(this, message, tx, known);
		const status = known === undefined || known.standing === "invited" ? "invited" : "rejected";
		await settleRegistration(tx, registrationId, { status, userId, now });
		tx.afterCommit(() => this.wakeRelay());
	},
);

const causeOf = ({ id, correlationId }: Registration): Cause => ({ id, requestID: correlationId });

async function inviteNew(users: Users, message: Registration, tx: Queryable): Promise<string> {
	const { name, surname, email } = message.data;
	const [id, now, cause] = [users.newId(), users.now(), causeOf(message)];
	const username = usernameFor(name, surname, id);
	const decision = invite(id, { email, username, firstName: name, lastName: surname }, now);
	await users.create(cause, decision, { at: now, mail: linkTo(users, cause, id, "invitation") }, tx);
	return id;
}

async function meet(users: Users, message: Registration, tx: Queryable, known: KnownAccount): Promise<void> {
	const { id, standing, attempts } = known;
	const cause = causeOf(message);
	if (standing === "invited") await sendMail(tx, id, linkTo(users, cause, id, "invitation"));
	else if (attempts < NOTICES_AN_HOUR) await sendMail(tx, id, noticeTo(users, cause, id, "account-exists"));
}
