import type { Ctx } from "../../../mixins/define-service.ts";
import { LoginFailed } from "../../contracts/users.ts";
import type { Login, SignedIn } from "../../contracts/users.ts";
import { ownActivity } from "../activity.ts";
import type { Account } from "../domain/account.ts";
import { beginSession, tokensOf } from "../sign-in.ts";
import { findForLogin } from "../storage/accounts.ts";
import { noteFailure } from "../storage/activities.ts";
import { openSession } from "../storage/sessions.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

type LoginCtx = Ctx<typeof Login>;

interface Authenticated {
	readonly account: Account;
	/** The one that was verified: by the time a session opens, the account may have another. */
	readonly passwordHash: string;
}

export async function login(this: Users, ctx: LoginCtx): Promise<SignedIn> {
	const { account, passwordHash } = await authenticate(this, ctx);
	const { id: userId, role } = account;
	const { session, refreshToken } = beginSession(this, ctx);
	const activity = ownActivity(this, ctx, "LOGGED_IN", { sessionId: session.id });
	if (!(await openSession(this.db, { userId, passwordHash }, session, activity))) throw new LoginFailed();

	return { user: userView(account), ...(await tokensOf(this, { userId, role, sessionId: session.id }, refreshToken)) };
}

/**
 * Every failure looks the same from outside: one message, one argon2 verification. Room for the verification is
 * kept before the guess is counted, so a refusal for want of room does not count as a guess.
 *
 * @throws LoginFailed whatever was wrong, RateLimited
 */
async function authenticate(users: Users, ctx: LoginCtx): Promise<Authenticated> {
	const { params, meta } = ctx;
	const known = await findForLogin(users.db, params);
	const counted = nameOf(params, known?.account);
	const admit = () => users.logins.admit(counted, meta.address, users.now());

	const isRight = await users.passwords.verify(known?.passwordHash, params.password, admit);
	if (!isRight || known?.passwordHash === undefined || known.account.standing !== "active") {
		noteLater(users, ctx, known?.account);
		throw new LoginFailed();
	}
	await users.logins.clear(counted, meta.address);
	return { account: known.account, passwordHash: known.passwordHash };
}

/**
 * Failures are counted by the name that was typed: to count an email address and a username together would tell which
 * of them belong together. As the account spells it, for the database takes letters for the same (İ and i) that are
 * different here.
 */
function nameOf({ email, username }: LoginCtx["params"], account: Account | undefined): string {
	return email === undefined ? (account?.username ?? username ?? "") : (account?.email ?? email);
}

/** Not waited for: an answer that takes longer when there is such an account would tell of it. */
function noteLater(users: Users, ctx: LoginCtx, account: Account | undefined): void {
	if (account === undefined) return;
	noteFailure(users.db, account.id, ownActivity(users, ctx, "LOGIN_FAILED")).catch((error: unknown) =>
		users.logger.warn("A failed login was not noted:", error),
	);
}
