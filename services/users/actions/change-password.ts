import { ChangeRefused } from "../../../mixins/aggregate.mixin.ts";
import type { Ctx } from "../../../mixins/define-service.ts";
import { PasswordWrong } from "../../contracts/credentials.ts";
import type { ChangePassword } from "../../contracts/credentials.ts";
import { ownActivity } from "../activity.ts";
import { unchanged } from "../domain/account.ts";
import { noticeTo } from "../mail.ts";
import { callerOf } from "../sign-in.ts";
import { findPasswordHash } from "../storage/accounts.ts";
import type { Users } from "../users.context.ts";

/** Guesses at the current password are counted as well, by the account's id: a stolen token buys five, then pauses. */
export async function changePassword(this: Users, ctx: Ctx<typeof ChangePassword>): Promise<null> {
	const { userId, sessionId } = callerOf(ctx);
	const { currentPassword, newPassword } = ctx.params;
	const known = await findPasswordHash(this.db, userId);
	const admit = () => this.logins.admit(userId, ctx.meta.address, this.now());
	if (!(await this.passwords.verify(known, currentPassword, admit))) throw new PasswordWrong();
	await this.logins.clear(userId, ctx.meta.address);

	const rider = {
		at: this.now(),
		passwordHash: await this.passwords.hash(newPassword),
		verifiedHash: known,
		endLinks: ["reset-password"] as const,
		endSessions: { except: sessionId },
		activity: ownActivity(this, ctx, "PASSWORD_CHANGED"),
		mail: noticeTo(this, ctx, userId, "password-changed"),
	};
	await this.change(ctx, userId, unchanged, { rider }).catch(refuse);
	this.wakeRelay();
	return null;
}

/** The password that was verified is not the account's any more. */
function refuse(error: unknown): never {
	throw error instanceof ChangeRefused ? new PasswordWrong() : error;
}
