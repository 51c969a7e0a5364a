import type { Ctx } from "../../../mixins/define-service.ts";
import type { ExportUser } from "../../contracts/accounts.ts";
import { call } from "../../contracts/action.ts";
import type { ResultOf } from "../../contracts/action.ts";
import { ownerScope } from "../../contracts/meta.ts";
import { exportOf } from "../../contracts/privacy.ts";
import { UserNotFound } from "../../contracts/users.ts";
import { activityView } from "../activity.view.ts";
import { withinScope } from "../domain/account.ts";
import { EXPORTED_FROM } from "../keepers.ts";
import { sessionView } from "../session.view.ts";
import { findAccount } from "../storage/accounts.ts";
import { findActivities } from "../storage/activities.ts";
import { findSessions } from "../storage/sessions.ts";
import { userView } from "../user.view.ts";
import type { Users } from "../users.context.ts";

type ExportCtx = Ctx<typeof ExportUser>;

/** Of each list the newest ten thousand. */
const ALL = { afterId: null, limit: 10_000, offset: 0, isCounted: false };

/** Whole or not at all: a service that does not answer fails the export. */
export async function exportUser(this: Users, ctx: ExportCtx): Promise<ResultOf<typeof ExportUser>> {
	const id = withinScope(ownerScope(ctx.meta.principal), ctx.params.id);
	const account = await findAccount(this.db, id);
	if (account === undefined || account.standing === "erased") throw new UserNotFound();

	const now = this.now();
	const [sessions, activities, services] = await Promise.all([
		findSessions(this.db, id, now, ALL),
		findActivities(this.db, id, ALL),
		elsewhere(ctx, id),
	]);
	return {
		exportedAt: now.toISOString(),
		user: userView(account),
		sessions: sessions.rows.map(sessionView),
		activities: activities.rows.map(activityView),
		services,
	};
}

async function elsewhere(ctx: ExportCtx, userId: string): Promise<Record<string, Record<string, unknown>>> {
	const kept = EXPORTED_FROM.map(
		async (service) => [service, (await call(ctx, exportOf(service), { userId })).data] as const,
	);
	return Object.fromEntries(await Promise.all(kept));
}
