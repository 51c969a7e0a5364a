import type { Ctx } from "../../../mixins/define-service.ts";
import type { Register, SignedIn } from "../../contracts/users.ts";
import { open } from "../domain/account.ts";
import { linkTo } from "../mail.ts";
import { beginSession, tokensOf } from "../sign-in.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

/** Account, session, tokens, `user.created` and the mail that asks for the address are one statement: nothing is half. */
export async function register(this: Users, ctx: Ctx<typeof Register>): Promise<SignedIn> {
	const { password, ...profile } = ctx.params;
	const passwordHash = await this.passwords.hash(password);
	const { session, refreshToken } = beginSession(this, ctx);
	const decision = open(this.newId(), "customer", profile, this.now());
	const { id: userId, role, version, createdAt: at } = decision.state;
	const mail = linkTo(this, ctx, userId, "verify-email");
	await this.create(ctx, decision, { at, passwordHash, session, mail });

	ctx.meta.$version = version;
	return {
		user: userView(decision.state),
		...(await tokensOf(this, { userId, role, sessionId: session.id }, refreshToken)),
	};
}
