import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { ResendVerification } from "../../contracts/credentials.ts";
import { linkTo } from "../mail.ts";
import { callerOf } from "../sign-in.ts";
import { findAccount } from "../storage/accounts.ts";
import { sendMail } from "../storage/links.ts";
import type { Users } from "../users.context.ts";

/** Whose address is verified already gets no mail. */
export async function resendVerification(
	this: Users,
	ctx: Ctx<typeof ResendVerification>,
): Promise<ResultOf<typeof ResendVerification>> {
	const { userId } = callerOf(ctx);
	const account = await findAccount(this.db, userId);
	if (account?.emailVerifiedAt === null) await sendMail(this.db, userId, linkTo(this, ctx, userId, "verify-email"));
	this.wakeRelay();
	return { status: "accepted" };
}
