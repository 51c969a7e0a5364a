import type { Ctx } from "../../../mixins/define-service.ts";
import { SessionNotFound } from "../../contracts/sessions.ts";
import type { EndSession } from "../../contracts/sessions.ts";
import { ownActivity } from "../activity.ts";
import { callerOf } from "../sign-in.ts";
import { endSession as end } from "../storage/sessions.ts";
import type { Users } from "../users.context.ts";

export async function endSession(this: Users, ctx: Ctx<typeof EndSession>): Promise<null> {
	const session = { userId: callerOf(ctx).userId, sessionId: ctx.params.id };
	const activity = ownActivity(this, ctx, "LOGGED_OUT", { sessionId: session.sessionId });
	if (!(await end(this.db, session, activity))) throw new SessionNotFound();
	return null;
}
