import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResetPassword } from "../../contracts/credentials.ts";
import { ownActivity } from "../activity.ts";
import { resetPassword as reset } from "../domain/account.ts";
import type { Account } from "../domain/account.ts";
import { noticeTo } from "../mail.ts";
import { changeByLink, linkBehind } from "../open-link.ts";
import type { Users } from "../users.context.ts";

const PURPOSES = ["reset-password", "invitation"] as const;

/** The link is looked at before the password is hashed, which is dear, and used when it is stored. */
export async function resetPassword(this: Users, ctx: Ctx<typeof ResetPassword>): Promise<null> {
	const { token, password } = ctx.params;
	const link = await linkBehind(this, token, PURPOSES);
	const passwordHash = await this.passwords.hash(password);

	const now = this.now();
	const account = await changeByLink(this, ctx, link, (account) => reset(account, now), {
		at: now,
		passwordHash,
		endLinks: PURPOSES,
		endSessions: { except: null },
		activity: ownActivity(this, ctx, "PASSWORD_RESET"),
		mail: link.purpose === "invitation" ? undefined : noticeTo(this, ctx, link.userId, "password-changed"),
	});
	await openAgain(this, account, ctx.meta.address);
	return null;
}

/** Whoever may choose a password has nothing left to guess, under whatever name he failed. */
async function openAgain({ logins }: Users, { id, email, username }: Account, address: string | undefined) {
	const names = [id, email, ...(username === null ? [] : [username])];
	for (const name of names) await logins.clear(name, address);
}
