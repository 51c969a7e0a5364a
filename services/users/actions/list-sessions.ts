import type { Ctx } from "../../../mixins/define-service.ts";
import { listed } from "../../../mixins/paging.ts";
import type { ResultOf } from "../../contracts/action.ts";
import type { ListSessions } from "../../contracts/sessions.ts";
import { sessionView } from "../session.view.ts";
import { callerOf } from "../sign-in.ts";
import { findSessions } from "../storage/sessions.ts";
import type { Users } from "../users.context.ts";

export async function listSessions(this: Users, ctx: Ctx<typeof ListSessions>): Promise<ResultOf<typeof ListSessions>> {
	const { userId, sessionId } = callerOf(ctx);
	return listed(ctx.params, { userId }, async (slice) => {
		const { rows, total } = await findSessions(this.db, userId, this.now(), slice);
		return { rows: rows.map((row) => ({ ...sessionView(row), isCurrent: row.id === sessionId })), total };
	});
}
