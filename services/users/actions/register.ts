import type { Ctx } from "../../../mixins/define-service.ts";
import type { Register, SignedIn } from "../../contracts/users.ts";
import { open } from "../domain/account.ts";
import { beginSession, tokensOf } from "../sign-in.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

/** Account, session, refresh token and `user.created` are one statement: there is no half a registration. */
export async function register(this: Users, ctx: Ctx<typeof Register>): Promise<SignedIn> {
	const { password, ...profile } = ctx.params;
	const passwordHash = await this.passwords.hash(password);
	const { session, refreshToken } = beginSession(this, ctx);
	const decision = open(this.newId(), "customer", profile, this.now());
	await this.create(ctx, decision, { passwordHash, sessions: [session] });

	const { id: userId, role } = decision.state;
	return {
		user: userView(decision.state),
		...(await tokensOf(this, { userId, role, sessionId: session.id }, refreshToken)),
	};
}
