import type { Ctx } from "../../../mixins/define-service.ts";
import { LoginFailed } from "../../contracts/users.ts";
import type { Login, SignedIn } from "../../contracts/users.ts";
import type { Account } from "../domain/account.ts";
import { beginSession, tokensOf } from "../sign-in.ts";
import { findForLogin } from "../storage/accounts.ts";
import { openSession } from "../storage/sessions.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

export async function login(this: Users, ctx: Ctx<typeof Login>): Promise<SignedIn> {
	const account = await authenticate(this, ctx);
	const { session, refreshToken } = beginSession(this, ctx);
	if (!(await openSession(this.db, account.id, session))) throw new LoginFailed();

	const { id: userId, role } = account;
	return { user: userView(account), ...(await tokensOf(this, { userId, role, sessionId: session.id }, refreshToken)) };
}

/**
 * Every failure looks the same from outside: one message, one argon2 verification. Room for the verification is
 * kept before the guess is counted, so a refusal for want of room does not count as a guess.
 *
 * @throws LoginFailed whatever was wrong, RateLimited
 */
async function authenticate(users: Users, { params, meta }: Ctx<typeof Login>): Promise<Account> {
	const known = await findForLogin(users.db, params);
	const name = params.email ?? params.username ?? "";
	const admit = () => users.logins.admit(name, meta.address, users.now());

	const isRight = await users.passwords.verify(known?.passwordHash, params.password, admit);
	if (!isRight || !known?.account.isActive) throw new LoginFailed();
	await users.logins.clear(name, meta.address);
	return known.account;
}
