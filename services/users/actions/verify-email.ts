import type { Ctx } from "../../../mixins/define-service.ts";
import type { VerifyEmail } from "../../contracts/credentials.ts";
import { ownActivity } from "../activity.ts";
import { confirmEmail } from "../domain/account.ts";
import { changeByLink, linkBehind } from "../open-link.ts";
import type { Users } from "../users.context.ts";

export async function verifyEmail(this: Users, ctx: Ctx<typeof VerifyEmail>): Promise<null> {
	const now = this.now();
	const link = await linkBehind(this, ctx.params.token, ["verify-email"]);
	const rider = { at: now, activity: ownActivity(this, ctx, "EMAIL_VERIFIED") };
	await changeByLink(this, ctx, link, (account) => confirmEmail(account, now), rider);
	return null;
}
