import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { ForgotPassword } from "../../contracts/credentials.ts";
import { linkTo } from "../mail.ts";
import { findIdByEmail } from "../storage/accounts.ts";
import { sendMailQuietly } from "../storage/links.ts";
import type { Users } from "../users.context.ts";

/** The same two statements whether there is such an account or not: neither the answer nor its time tells. */
export async function forgotPassword(
	this: Users,
	ctx: Ctx<typeof ForgotPassword>,
): Promise<ResultOf<typeof ForgotPassword>> {
	const userId = (await findIdByEmail(this.db, ctx.params.email)) ?? this.newId();
	await sendMailQuietly(this.db, userId, linkTo(this, ctx, userId, "reset-password"));
	this.wakeRelay();
	return { status: "accepted" };
}
