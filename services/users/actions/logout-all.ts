import type { Ctx } from "../../../mixins/define-service.ts";
import type { LogoutAll } from "../../contracts/users.ts";
import { ownActivity } from "../activity.ts";
import { callerOf } from "../sign-in.ts";
import { endSessionsOf } from "../storage/sessions.ts";
import type { Users } from "../users.context.ts";

export async function logoutAll(this: Users, ctx: Ctx<typeof LogoutAll>): Promise<null> {
	const activity = ownActivity(this, ctx, "LOGGED_OUT", { everywhere: true });
	await endSessionsOf(this.db, callerOf(ctx).userId, activity);
	return null;
}
