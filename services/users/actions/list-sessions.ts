import type { Ctx } from "../../../mixins/define-service.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { ListSessions } from "../../contracts/users.ts";
import { callerOf } from "../sign-in.ts";
import { sessionsOf } from "../storage/sessions.ts";
import type { Users } from "../users.context.ts";

export async function listSessions(this: Users, ctx: Ctx<typeof ListSessions>): Promise<ResultOf<typeof ListSessions>> {
	const { userId, sessionId } = callerOf(ctx);
	const open = await sessionsOf(this.db, userId, this.now());
	const sessions = open.map(({ createdAt, lastUsedAt, ...session }) => ({
		...session,
		createdAt: createdAt.toISOString(),
		lastUsedAt: lastUsedAt.toISOString(),
		isCurrent: session.id === sessionId,
	}));
	return { sessions };
}
