import type { Ctx } from "../../../mixins/define-service.ts";
import type { Logout } from "../../contracts/users.ts";
import { ownActivity } from "../activity.ts";
import { callerOf } from "../sign-in.ts";
import { endSession } from "../storage/sessions.ts";
import type { Users } from "../users.context.ts";

export async function logout(this: Users, ctx: Ctx<typeof Logout>): Promise<null> {
	const session = callerOf(ctx);
	await endSession(this.db, session, ownActivity(this, ctx, "LOGGED_OUT", { sessionId: session.sessionId }));
	return null;
}
